import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { shown, start } from './countdown'

describe('the clock of a meeting', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    document.body.innerHTML = `<span data-countdown="1" data-share="2"><span data-countdown-left>1:00</span></span><button data-countdown-start>go</button><ul><li data-standup-row id="a" tabindex="0"></li><li data-standup-row id="b" tabindex="0"></li></ul>`
    start()
  })
  afterEach(() => vi.useRealTimers())

  const button = () => document.querySelector<HTMLElement>('[data-countdown-start]') as HTMLElement
  const left = () => document.querySelector('[data-countdown-left]')?.textContent

  it('writes minutes and seconds, and what is over with a minus', () => {
    expect([shown(900), shown(61), shown(5), shown(-5)]).toEqual(['15:00', '1:01', '0:05', '−0:05'])
  })

  it('runs when it is started, pauses, and says when the time is over', () => {
    button().click()
    vi.advanceTimersByTime(3000)
    expect(left()).toBe('0:57')
    button().click()
    vi.advanceTimersByTime(5000)
    expect(left()).toBe('0:57')
    expect(button().getAttribute('aria-pressed')).toBe('false')
    button().click()
    vi.advanceTimersByTime(60_000)
    expect(left()).toBe('−0:03')
    expect(document.querySelector('[data-countdown]')?.classList.contains('is-over')).toBe(true)
  })

  it('marks who speaks longer than their share, and begins anew with the next person', () => {
    const [first, second] = [...document.querySelectorAll<HTMLElement>('[data-standup-row]')] as [HTMLElement, HTMLElement]
    first.focus()
    button().click()
    vi.advanceTimersByTime(2000)
    expect(first.hasAttribute('data-is-over')).toBe(false)
    vi.advanceTimersByTime(1000)
    expect(first.hasAttribute('data-is-over')).toBe(true)
    second.focus()
    vi.advanceTimersByTime(1000)
    expect(second.hasAttribute('data-is-over')).toBe(false)
  })
})
