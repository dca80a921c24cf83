// Fenced code: coloured where its language is known, and the same text in every case.
import { describe, expect, it } from 'vitest';
import { parseBody } from './parse-markdown.ts';

const fenced = (language: string, code: string): string => `~~~${language}\n${code}\n~~~`;

describe('highlightCode', () => {
  it.each([
    'rust', 'Rust', 'rust,ignore', 'rs', 'toml', 'c', 'bash', 'sh', 'diff', 'x86asm', 'yaml', 'json', 'js', 'python',
  ])('colours %s', (language) => {
    expect(parseBody(fenced(language, 'let x = "1"; # 2\n+ added')).html).toContain('<span class="hljs-');
  }); // biome-ignore format: a list to read across

  it.each(['', 'text', 'no-such-language', 'constructor', '__proto__'])('leaves code in %j plain', (language) => {
    const { html, problems } = parseBody(fenced(language, 'let x = "1";'));
    expect(html).toMatch(/^<pre><code[^>]*>let x = "1";\n<\/code><\/pre>$/);
    expect(problems).toEqual([]);
  });

  it('marks each token of Rust as what it is', () => {
    const { html } = parseBody(fenced('rust', 'fn main() { let s = "a"; } // end'));
    expect(html).toContain('<span class="hljs-keyword">fn</span> <span class="hljs-title function_">main</span>');
    expect(html).toContain('<span class="hljs-string">"a"</span>');
    expect(html).toContain('<span class="hljs-comment">// end</span>');
  });

  it.each([
    ['rust', 'fn a<T>() -> &\'a str {\n    "<b>&amp;</b>"\n}\n\n\n// {{ x }} <!-- y -->'],
    ['html', '<!-- x -->\n<p class="a">&nbsp;</p>\n<script>let x;</script>'],
    ['js', 'const x = `{{ b }}`;\n\tif (a < b && c) {}'],
    ['text', '  leading, trailing  \n\n\n]]> --> </pre></code>'],
  ])('keeps every character of %s', (language, code) => {
    expect(parseBody(fenced(language, code)).text).toBe(`${code}\n`);
  });

  it('leaves a block plain that would cost more in bytes than its colours are worth', () => {
    const line = 'let x = "1"; // two\n';
    expect(parseBody(fenced('rust', line.repeat(300))).html).toContain('hljs-');
    expect(parseBody(fenced('rust', line.repeat(500))).html).not.toContain('hljs-');
    expect(parseBody(fenced('rust', line.repeat(500))).text.trimEnd()).toBe(line.repeat(500).trimEnd());
  });

  it('colours code inside of lists and quotes too, and no inline code', () => {
    expect(parseBody('- a\n\n  ```rust\n  let x;\n  ```').html).toContain('hljs-keyword');
    expect(parseBody('> ```rust\n> let x;\n> ```').html).toContain('hljs-keyword');
    expect(parseBody('`let x;`').html).toBe('<p><code>let x;</code></p>');
  });
});
