import { openElectron } from '../support/window.ts'
import { describeJourney } from './journey.ts'

describeJourney({
  name: 'window',
  open: openElectron,
  // The system's own dialog cannot be driven from here: a person who has chosen already stands in for it.
  async chooseFile({ app }, path, ask) {
    await app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] })
    }, path)
    await ask()
  },
  async quit({ app, page, ended }) {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await page.getByRole('dialog').getByRole('button', { name: 'Quit', exact: true }).click()
    await ended
  },
})
