import type { Htmx } from 'htmx.org'

declare global {
  interface Window {
    /** htmx itself, for islands that start requests of their own. */
    htmx: Htmx
  }
}
