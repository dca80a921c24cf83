// What MJML writes for people to read, written for the wire: a third of the bytes were line ends and indentation. What
// readers read is not touched: text inside `pre` stays, and so does every space between words.

export function minifyHtml(html: string): string {
  return html
    .split(/(<pre[\s\S]*?<\/pre>)/)
    .map((part) => (part.startsWith('<pre') ? part : minifyFrame(part)))
    .join('')
    .trim();
}

// Between these, and beside comments, white space is nothing.
const FRAME = '(?:\\/?(?:html|head|body|meta|title|style|table|tbody|tr|td|div|ul|ol|li|p|h[1-6])\\b[^<>]*|!(?:--)?[^<>]*)';
const BETWEEN = new RegExp(`(<${FRAME}>)\\n(?=<${FRAME}>)`, 'g');
// Of the oldest Outlooks, which know no CSS of ours; and of a mail program that has learnt media queries since.
const FOR_NOBODY = [/<!--\[if lte mso 11\]>[\s\S]*?<!\[endif\]-->/g, /<style media="screen[^>]*>[\s\S]*?<\/style>/g];

function minifyFrame(html: string): string {
  return withoutNobodys(html)
    .replace(/[ \t]*\n[ \t\r\n]*/g, '\n')
    .replace(/<style([^>]*)>([\s\S]*?)<\/style>/g, (_, attributes: string, css: string) => {
      return `<style${attributes.replace(' type="text/css"', '')}>${minifyCss(css)}</style>`;
    })
    .replace(/<([a-z][a-z0-9-]*)\n(?=[^<>]*>)/gi, '<$1 ')
    .replace(/(<[a-z][^<>]*")\n>/gi, '$1>')
    .replace(/(<[a-z][a-z0-9-]*) {2,}(?=[^<>]*>)/gi, '$1 ')
    .replace(/(<[a-z][^<>]*) style=""(?=[^<>]*>)/gi, '$1')
    .replace(BETWEEN, '$1');
}

/** They stand in the head: what an author wrote stands below it. */
function withoutNobodys(html: string): string {
  const end = html.indexOf('</head>');
  if (end < 0) return html;
  return FOR_NOBODY.reduce((head, pattern) => head.replace(pattern, ''), html.slice(0, end)) + html.slice(end);
}

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/g;

export function minifyCss(css: string): string {
  const strings: string[] = [];
  const bare = css.replace(COMMENT_OR_STRING, (_, text?: string) => (text === undefined ? '' : `"${strings.push(text) - 1}"`));
  return bare
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/ !important/g, '!important')
    .replace(/;}/g, '}')
    .replace(/"(\d+)"/g, (_, index: string) => strings[Number(index)] ?? '')
    .trim();
}
