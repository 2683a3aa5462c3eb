import { expect, test } from 'vitest'
import { clockText, countClock, countCost } from './agenda'

test('a clock is written as people read it', () => {
  expect([0, 65, 3600, 3725.9, -5].map(clockText)).toEqual(['0:00', '1:05', '1:00:00', '1:02:05', '0:00'])
})

test('a topic counts on from what the server said and says in words by how much it is over', () => {
  document.body.innerHTML =
    '<span data-clock="595" data-clock-limit="600" data-clock-runs><b data-clock-face></b><i data-clock-over hidden>over <u data-clock-by></u></i></span>'
  const element = document.querySelector<HTMLElement>('[data-clock]')!
  countClock(element, 1_000)
  expect(element.querySelector('b')!.textContent).toBe('9:55')
  expect(element.querySelector('i')!.hidden).toBe(true)
  countClock(element, 21_000)
  expect(element.querySelector('b')!.textContent).toBe('10:15')
  expect(element.querySelector('i')!.hidden).toBe(false)
  expect(element.querySelector('u')!.textContent).toBe('0:15')
  expect(element.classList.contains('is-over')).toBe(true)
  // A new word of the server begins anew, and what rests stands still.
  element.dataset.clock = '60'
  delete element.dataset.clockRuns
  countClock(element, 99_000)
  countClock(element, 199_000)
  expect(element.querySelector('b')!.textContent).toBe('1:00')
  expect(element.classList.contains('is-over')).toBe(false)
})

test('the cost grows with everybody who is there', () => {
  document.body.innerHTML = '<span data-cost="3600" data-cost-rate="6"><b data-cost-face></b></span>'
  const element = document.querySelector<HTMLElement>('[data-cost]')!
  countCost(element, 0)
  countCost(element, 600_000)
  expect(element.querySelector('b')!.textContent).toBe('2.0')
})
