import { expect, test } from 'vitest'
import { initSliders } from './sliders'

initSliders()

test('says the step in a word while the slider is moved', () => {
  document.body.innerHTML =
    '<form><label for="calm">少变动</label><output for="calm">一般</output><input type="range" id="calm" min="0" max="2" value="1" data-words="少|一般|多"></form>'
  const slider = document.querySelector('input') as HTMLInputElement
  slider.value = '2'
  slider.dispatchEvent(new Event('input', { bubbles: true }))
  expect(document.querySelector('output')?.value).toBe('多')
  expect(slider.getAttribute('aria-valuetext')).toBe('多')
})

test('leaves other ranges alone', () => {
  document.body.innerHTML = '<form><output for="size">3</output><input type="range" id="size" min="0" max="9" value="3"></form>'
  const slider = document.querySelector('input') as HTMLInputElement
  slider.value = '5'
  slider.dispatchEvent(new Event('input', { bubbles: true }))
  expect(document.querySelector('output')?.value).toBe('3')
})
