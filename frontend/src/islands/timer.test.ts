import { beforeEach, describe, expect, test } from 'vitest'
import { clock, idleFor, meantTask } from './timer'

beforeEach(() => {
  document.body.innerHTML = ''
  localStorage.clear()
})

test('seconds are shown as a clock that never goes below zero', () => {
  expect([0, 59, 3600, 37_265, -5].map(clock)).toEqual(['0:00:00', '0:00:59', '1:00:00', '10:21:05', '0:00:00'])
})

describe('the task that the key is meant for', () => {
  const rows = '<ul data-rows><li data-row class="is-current"><a href="/tasks/12/" data-row-open>a</a></li></ul>'
  test('is that of the current row', () => {
    document.body.innerHTML = `<main id="main">${rows}<button data-timer-start="7"></button></main>`
    expect(meantTask()).toBe('12')
  })
  test('is the open one where no row is current', () => {
    document.body.innerHTML = '<main id="main"><ul data-rows><li data-row><button data-timer-start="9"></button></li></ul><button data-timer-start="7"></button></main>'
    expect(meantTask()).toBe('7')
  })
  test('is none on a page without tasks', () => {
    document.body.innerHTML = '<main id="main"></main>'
    expect(meantTask()).toBeNull()
  })
})

test('a clock that was put back says nothing about how long somebody was away', () => {
  expect(idleFor(1_000_000)).toBe(0)
  localStorage.setItem('seen:', '400000')
  expect(idleFor(1_000_000)).toBe(600_000)
  localStorage.setItem('seen:', '2000000')
  expect(idleFor(1_000_000)).toBe(0)
})
