import type { Page } from 'playwright-core'

/**
 * What is wrong with the page as a screen reader or a keyboard meets it, in words; empty when nothing is. Looks at what is on
 * screen now: names, reasons, references, hit areas, rows.
 */
export function auditPage(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const minHitPx = 24
    const problems: string[] = []
    const say = (what: string, element: Element): void =>
      void problems.push(`${what}: ${element.outerHTML.slice(0, 160)}`)
    const all = (selector: string): HTMLElement[] =>
      [...document.querySelectorAll<HTMLElement>(selector)].filter((element) => {
        const { width, height } = element.getBoundingClientRect()
        return width > 0 && height > 0 && getComputedStyle(element).visibility !== 'hidden'
      })
    const textOf = (ids: string | null): string =>
      (ids ?? '')
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent ?? '')
        .join(' ')
        .trim()
    const nameOf = (element: HTMLElement): string =>
      element.getAttribute('aria-label') ??
      (textOf(element.getAttribute('aria-labelledby')) ||
        (element as HTMLInputElement).labels?.[0]?.textContent ||
        (element.textContent ?? '').trim())

    const named =
      'button, a[href], input, select, textarea, nav, [role]:not([role="presentation"], [role="none"], [role="gridcell"], [role="rowgroup"], [role="status"], [role="alert"], [role="group"], [role="document"])'
    for (const element of all(named)) if (nameOf(element) === '') say('without a name', element)
    for (const element of all('[disabled]')) say('disabled by the attribute', element)
    for (const element of all('button, a[href], select, [role="tab"]')) {
      const { width, height } = element.getBoundingClientRect()
      if (Math.min(width, height) < minHitPx - 0.5) say(`hit area ${width} × ${height}`, element)
    }
    for (const element of all('[aria-disabled="true"]:not([role="option"])')) {
      const reason = element.getAttribute('aria-description') ?? textOf(element.getAttribute('aria-describedby'))
      if (reason === '') say('disabled without a reason', element)
    }
    for (const attribute of ['aria-describedby', 'aria-labelledby', 'aria-controls', 'aria-activedescendant']) {
      for (const element of all(`[${attribute}]`)) {
        const ids = (element.getAttribute(attribute) ?? '').split(' ').filter((id) => id !== '')
        if (ids.some((id) => document.getElementById(id) === null)) say(`${attribute} leads nowhere`, element)
      }
    }
    for (const element of all('[role="row"]')) {
      if (element.closest('[role="grid"], [role="treegrid"]') === null) say('a row without a grid', element)
      if (!element.hasAttribute('aria-rowindex')) say('a row without its index', element)
    }
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) problems.push(`id twice: ${id}`)
    return problems
  })
}
