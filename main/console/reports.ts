/**
 * What a terminal says by itself when it is asked: who it is, where the cursor is, its colours, its modes. A cursor in the
 * first row and a function key with modifiers look alike there: those pass as keys. Each report has one way to match, so that
 * no input takes longer than its length.
 */
const report =
  /^(?:\x1b\[[?>=][\d;]*[cn]|\x1b\[[03]n|\x1b\[(?!1;[2-8]R)\d+;\d+R|\x1b\[\?[\d;]+(?:R|\$y)|\x1b\[\d+;\d+\$y|\x1b\](?:4;\d+|1[0-2]);rgb:[\da-f/]+(?:\x07|\x1b\\)|\x1bP[^\x1b]*(?:\x1b(?!\\)[^\x1b]*)*\x1b\\)+$/i

export function isReport(text: string): boolean {
  return text.startsWith('\x1b') && report.test(text)
}
