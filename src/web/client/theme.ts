/** Dark or light: as the system has it, until the reader chooses. */
import { button, setText } from './dom.ts';

const key = 'hupd-theme';

export function themeButton(): HTMLButtonElement {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = (): boolean => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const element = button('', 'Switch between dark and light', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    remember(root.dataset.theme);
    draw();
  });
  const draw = (): void => setText(element, isDark() ? 'Light' : 'Dark');
  const chosen = remembered();
  if (chosen === 'dark' || chosen === 'light') root.dataset.theme = chosen;
  system.addEventListener('change', draw);
  draw();
  return element;
}

/** A browser may forbid it: then the choice lasts as long as the page. */
function remember(theme: string): void {
  try {
    localStorage.setItem(key, theme);
  } catch {}
}

function remembered(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
