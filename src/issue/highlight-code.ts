// Colours fenced code whose language is named: each token gets a class of highlight.js. Which colours
// they are is the email's business. Code without a language, or in one that is not known, stays plain.
import type { Element, Root } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import x86asm from 'highlight.js/lib/languages/x86asm';
import { common, createLowlight } from 'lowlight';
import { visit } from 'unist-util-visit';

// Beyond this a block costs more in bytes than its colours are worth: a mail has 102,400 in all.
const HIGHLIGHT_MAX_CHARACTERS = 8_000;

type Lowlight = ReturnType<typeof createLowlight>;
let loaded: Lowlight | undefined;

/** Changes the tree in place and returns it. */
export function highlightCode(tree: Root): Root {
  visit(tree, 'element', (element) => {
    const code =
      element.tagName === 'pre'
        ? element.children.find((child) => child.type === 'element' && child.tagName === 'code')
        : undefined;
    if (code?.type === 'element') highlight(code);
  });
  return tree;
}

function highlight(code: Element): void {
  const language = languageOf(code);
  const lowlight = lowlightOnce();
  const text = textOf(code);
  if (language === undefined || !lowlight.registered(language) || text.length > HIGHLIGHT_MAX_CHARACTERS) return;
  code.children = lowlight.highlight(language, text).children as Element['children'];
}

/** `rust,ignore` and `Rust` are rust. */
function languageOf(code: Element): string | undefined {
  const names = code.properties['className'];
  const name = Array.isArray(names) ? names.find((each) => String(each).startsWith('language-')) : undefined;
  return name === undefined ? undefined : String(name).slice('language-'.length).split(/[,{ ]/)[0]?.toLowerCase();
}

function lowlightOnce(): Lowlight {
  loaded ??= createLowlight({ ...common, x86asm });
  return loaded;
}
