/** Takes an advised estimate into the field of its form with one click. */
import { nearest } from '../dom'

export function initEstimate(): void {
  document.addEventListener('click', event => {
    const button = nearest(event, '[data-take-estimate]')
    const field = button?.closest('form')?.querySelector<HTMLInputElement>('[name="estimate_minutes"]')
    if (!button || !field) return
    field.value = button.dataset.takeEstimate ?? ''
    field.dispatchEvent(new Event('input', { bubbles: true }))
    field.focus()
  })
}
