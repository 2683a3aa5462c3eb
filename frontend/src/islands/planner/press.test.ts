import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HOLD, Press, pull } from './press'

describe('a finger on the calendar', () => {
  const held = vi.fn()

  beforeEach(() => {
    vi.useFakeTimers()
    held.mockClear()
  })
  afterEach(() => void vi.useRealTimers())

  it('takes hold when it rests, however it trembles', () => {
    const press = new Press(100, 200, held)
    expect(press.move(104, 203)).toBe(true)
    vi.advanceTimersByTime(HOLD - 1)
    expect(held).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(held).toHaveBeenCalledTimes(1)
    expect(press.move(100, 400)).toBe(true)
  })

  it('scrolls when it moves first', () => {
    const press = new Press(100, 200, held)
    expect(press.move(100, 180)).toBe(false)
    vi.advanceTimersByTime(2 * HOLD)
    expect([press.isHeld, held.mock.calls.length]).toEqual([false, 0])
  })

  it('taps when it leaves soon', () => {
    const press = new Press(100, 200, held)
    press.end()
    vi.advanceTimersByTime(2 * HOLD)
    expect(held).not.toHaveBeenCalled()
  })

  it('pulls the page along near its edges, the faster the nearer', () => {
    expect(pull(400, 56, 788)).toBe(0)
    expect(pull(56, 56, 788)).toBe(-14)
    expect(pull(104, 56, 788)).toBe(-7)
    expect(pull(788, 56, 788)).toBe(14)
    expect(pull(900, 56, 788)).toBe(14)
  })
})
