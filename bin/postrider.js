#!/usr/bin/env -S node --max-semi-space-size=8
// The command. On a Node that is too old it says so, and what to do, before anything is loaded that would
// crash there; so this file is plain JavaScript that any Node reads.
//
// The first line keeps memory flat: V8 would let the space for young objects grow to three times 32 MB when a
// million rows pass through, and they live on a few megabytes at a time just as fast.

var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    'Postrider needs Node 24 or newer, and this is Node ' +
      process.versions.node +
      '.\n' +
      'In a project, run `npm install --save-dev node@24` and start it with `npx postrider`;\n' +
      'on a server, install Node 24 from your distribution or from nodejs.org.\n',
  );
  process.exit(2);
}
import('node:fs')
  .then((fs) => {
    // In a checkout the sources are run as they are; the published package holds them built.
    var sources = new URL('../src/cli/main.ts', import.meta.url);
    var entry = fs.existsSync(sources) ? sources : new URL('../dist/src/cli/main.js', import.meta.url);
    return import(entry.href);
  })
  .then((cli) => cli.main(process.argv));
