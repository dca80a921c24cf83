// Tells when files change: whoever looks at an issue while it is written sees it as it is.
import { watch } from 'chokidar';

/** Files, and folders with what is directly in them; whether they are there or not. Gives what ends it. */
export function watchFiles(paths: readonly string[], onChange: () => void): () => Promise<void> {
  const watcher = watch([...paths], {
    ignoreInitial: true,
    depth: 2,
    ignored: /[/\\](?:node_modules|\.git|\.postrider)(?:[/\\]|$)/,
  });
  watcher.on('all', onChange).on('error', onChange);
  return () => watcher.close();
}
