const frame = document.querySelector('iframe');
const kept = sessionStorage.getItem('scrolled');
if (kept !== null) {
  const [page, mail] = JSON.parse(kept);
  sessionStorage.removeItem('scrolled');
  scrollTo(0, page);
  frame?.addEventListener('load', () => frame.contentWindow.scrollTo(0, mail), { once: true });
}

// A connection that is kept open would be one of the six that a browser has for all its tabs.
async function ask() {
  const { version } = document.documentElement.dataset;
  const now = await fetch('/version').then(
    (answer) => answer.text(),
    () => version,
  );
  if (now === version) return setTimeout(ask, 300);
  sessionStorage.setItem('scrolled', JSON.stringify([scrollY, frame?.contentWindow.scrollY ?? 0]));
  location.reload();
}
ask();
