/// <reference path="../../node_modules/node-pty/node-pty.d.ts" />

// Installed under the name everybody knows, its types speak of the name it is published by.
declare module 'node-pty' {
  export { type IPty, spawn } from '@lydell/node-pty'
}
