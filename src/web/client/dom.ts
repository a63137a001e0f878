/** Elements, made and changed in one line. Text is always text, never HTML. */
type Attributes = Readonly<Record<string, string>>;
type Child = Node | string;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function button(label: string, title: string, press: () => void): HTMLButtonElement {
  const element = h('button', { type: 'button', 'aria-label': title, title }, label);
  element.addEventListener('click', press);
  return element;
}

/** Writes only what is new, so that a screen reader and a selection are left in peace. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** An empty line in a box of 60 by 20. */
export function sparkBox(): { readonly svg: SVGElement; readonly line: SVGElement } {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 60 20');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  svg.append(line);
  return { svg, line };
}
