import { dirname } from 'node:path'
import { openWeb } from '../support/window.ts'
import { describeJourney } from './journey.ts'

describeJourney({
  name: 'web',
  open: openWeb,
  async chooseFile({ page }, path, ask) {
    await ask()
    const browser = page.getByRole('dialog', { name: /^Choose a/ })
    await browser.getByRole('textbox', { name: 'Folder' }).fill(dirname(path))
    await page.keyboard.press('Enter')
    await browser.getByRole('option', { name: /^guest\.raw/ }).dblclick()
  },
  quit: (berth) => berth.close(),
})
