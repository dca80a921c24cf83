// U+FDD0 to U+FDD2 are noncharacters, which Postrider keeps for its own marks: the slots of an email. An issue
// that holds one gets the replacement character in its place, as an HTML parser would put it.

export function withoutMarks(text: string): string {
  return text.replace(/[\uFDD0-\uFDD2]/g, '\uFFFD');
}
