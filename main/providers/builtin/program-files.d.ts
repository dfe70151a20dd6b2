/** Paths of files that the program brings along: see vite.files.ts. */
declare module '*?worker-file' {
  export const path: string
}
declare module '*?file' {
  export const path: string
}
