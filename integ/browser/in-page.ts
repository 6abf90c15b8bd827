/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// Functions that run inside of the page: each stands alone and returns complaints, so that an empty list is good.

/** Texts whose contrast with what is behind them is under 4.5 : 1 (WCAG AA). */
export function weakContrasts(): string[] {
  const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const over = (colors: string[]): number[] => {
    pixel.clearRect(0, 0, 1, 1);
    for (const color of colors) {
      pixel.fillStyle = color;
      pixel.fillRect(0, 0, 1, 1);
    }
    return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb: number[]): number => {
    const [r, g, b] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255
      + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** The colours behind an element, the furthest first: HTML backgrounds, and the shape drawn under an SVG text. */
  const behind = (element: Element): string[] => {
    const colors: string[] = [];
    for (let at: Element | null = element; at; at = at.parentElement) {
      if (at instanceof SVGElement && at.tagName === 'g') {
        const shape = at.querySelector(':scope > rect');
        if (shape) {
          colors.unshift(getComputedStyle(shape).fill);
        }
      } else if (!(at instanceof SVGElement)) {
        colors.unshift(getComputedStyle(at).backgroundColor);
      }
    }
    return ['white', ...colors];
  };
  const found: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement!;
    const text = node.textContent!.trim();
    if (!text || !element.checkVisibility() || ['title', 'desc'].includes(element.tagName)) {
      continue;
    }
    const svg = element instanceof SVGElement;
    const background = behind(element);
    const style = getComputedStyle(element);
    const [
      light, dark,
    ] = [over([...background, svg ? style.fill : style.color]), over(background)].map(luminance).sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) {
      found.push(`${ratio.toFixed(2)} ${element.tagName}.${element.getAttribute('class')} "${text.slice(0, 40)}"`);
    }
  }
  return found;
}

/** Texts in pictures that leave their box, leave their picture, or lie over each other. */
export function misplacedTexts(): string[] {
  const found: string[] = [];
  const inside = (
    inner: DOMRect, outer: DOMRect, slack: number,
  ) => inner.left >= outer.left - slack && inner.right <= outer.right + slack
    && inner.top >= outer.top - slack && inner.bottom <= outer.bottom + slack;
  for (const picture of document.querySelectorAll('svg[role=img], svg.gauge, .lane svg')) {
    const texts = [...picture.querySelectorAll('text')].filter((text) => text.checkVisibility());
    const boxes = texts.map((text) => text.getBoundingClientRect());
    texts.forEach((text, index) => {
      const name = `"${text.textContent}" of ${picture.getAttribute('class')}`;
      const frame = text.parentElement!.querySelector(':scope > rect');
      if (text.parentElement!.tagName === 'g' && frame && !inside(boxes[index], frame.getBoundingClientRect(), 0.5)) {
        found.push(`${name} leaves its box`);
      }
      if (!inside(boxes[index], picture.getBoundingClientRect(), 4)) {
        found.push(`${name} leaves its picture`);
      }
      for (let other = index + 1; other < texts.length; other++) {
        const [a, b] = [boxes[index], boxes[other]];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        // Line boxes are taller than letters: neighbouring lines may share a quarter of their height.
        if (across > 1 && down > 0.25 * Math.min(a.height, b.height) + 1) {
          found.push(`${name} lies over "${texts[other].textContent}"`);
        }
      }
    });
  }
  return found;
}

/** Step boxes of the graph that lie over each other. */
export function overlappingSteps(): string[] {
  const boxes = [...document.querySelectorAll('.graph .step')].map((step) => ({
    name: step.querySelector('text')!.textContent,
    box: step.querySelector('rect')!.getBoundingClientRect(),
  }));
  return boxes.flatMap((a, index) => boxes.slice(index + 1)
    .filter((b) => a.box.left < b.box.right && b.box.left < a.box.right && a.box.top < b.box.bottom
      && b.box.top < a.box.bottom)
    .map((b) => `${a.name} lies over ${b.name}`));
}

/** Sections that have no visible title or no visible content. */
export function emptySections(): string[] {
  return [...document.querySelectorAll('main > section')]
    .filter((section) => {
      const [title, content] = [section.querySelector('h2')!, section.querySelector('.content')!];
      return !title.checkVisibility() || content.getBoundingClientRect().height < 12
        || content.getBoundingClientRect().width < 200;
    })
    .map((section) => section.id);
}

/** Elements that reach over the right edge of the window without standing in a box that scrolls. */
export function reachingOut(): string[] {
  const found = [...document.querySelectorAll('body *')].filter((element) => !element.closest(
    '.scroller *, .skip-link, .unseen',
  )
    && element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 0.5);
  const page = document.documentElement.scrollWidth > innerWidth ? [
    `the page is ${document.documentElement.scrollWidth} wide`,
  ] : [];
  return [...page, ...found.map((element) => `${element.tagName}.${element.getAttribute('class')}`)];
}
