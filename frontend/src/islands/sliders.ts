/** Says the step of a slider in a word, beside it and to screen readers, while it is moved. */

export function wordOf(slider: HTMLInputElement): string {
  return (slider.dataset.words ?? '').split('|')[Number(slider.value) - Number(slider.min)] ?? slider.value
}

export function initSliders(): void {
  document.addEventListener('input', event => {
    const slider = event.target
    if (!(slider instanceof HTMLInputElement) || slider.type !== 'range' || !slider.dataset.words) return
    const word = wordOf(slider)
    slider.setAttribute('aria-valuetext', word)
    const output = slider.form?.querySelector<HTMLOutputElement>(`output[for="${slider.id}"]`)
    if (output) output.value = word
  })
}
