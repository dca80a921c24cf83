// What an author writes, for docs/issues.md to show what becomes of it: Markdown, and the part of the mail that is shown.
export interface Construct {
  readonly markdown: string;
  /** CSS, within the body of the mail. */
  readonly element: string;
}

export const CONSTRUCTS: Readonly<Record<string, Construct>> = {
  code: {
    element: 'pre',
    markdown: `
\`\`\`rust
/// Called on every tick of the timer.
fn on_timer(context: *mut c_void) {
    let ticks = ticks_of(context, 64);
    ticks.fetch_add(1, Relaxed);
    log::trace!("one more tick");
}
\`\`\`
`,
  },
  quote: {
    element: 'blockquote',
    markdown: `
> A bootloader is a program that nobody thinks of, **until** it does not start.
>
> — overheard, in [a talk](https://e.example)
`,
  },
  callout: {
    element: '.callout',
    markdown: `
> [!WARNING]
> Kernels before 0.11 do **not** start with this loader: see [how to move](https://e.example).
`,
  },
  table: {
    element: 'table',
    markdown: `
| Repository | Merged | Thanked |
| :--------- | -----: | ------: |
| \`bootloader\` | 22 | 6 |
| \`uefi-rs\` | 18 | 2 |
| **Together** | **40** | **8** |
`,
  },
  figure: {
    element: 'figure',
    markdown: `
<figure>
<img src="boot-stages.png" alt="Five boxes joined by arrows: the stages of a boot">
<figcaption>How a kernel is started by a BIOS, in five steps.</figcaption>
</figure>
`,
  },
  list: {
    element: 'ol',
    markdown: `
1. The loader is [written anew](https://e.example)
   - in Rust, but for 40 lines
   - with a \`ramdisk\`
2. What is left of it:
   - [x] a **log**, on the serial port
   - [ ] ~~sleep~~
`,
  },
};
