import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { clock, inTheWay, isWorked, moved, resized } from './place'
import { initPlanner, placeOf, put } from './planner'

const DAYS = ['2026-11-23', '2026-11-24']

describe('places', () => {
  it('writes quarters as clock times', () => {
    expect([clock(0), clock(42), clock(96)]).toEqual(['00:00', '10:30', '00:00'])
  })

  it('moves by days and quarters and stays inside of the day', () => {
    const place = { day: '2026-11-23', from: 40, to: 44 }
    expect(moved(place, DAYS, 1, 1)).toEqual({ day: '2026-11-24', from: 41, to: 45 })
    expect(moved(place, DAYS, -1, 0)).toBeNull()
    expect(moved({ ...place, from: 94, to: 96 }, DAYS, 0, 1)).toEqual({ day: '2026-11-23', from: 94, to: 96 })
  })

  it('never becomes shorter than a quarter of an hour', () => {
    expect(resized({ day: 'd', from: 40, to: 41 }, -3)).toEqual({ day: 'd', from: 40, to: 41 })
  })

  it('knows lunch and the evening from working time', () => {
    const shades = [{ kind: 'focus', from: 36, to: 40 }, { kind: 'fragment', from: 40, to: 42 }, { kind: 'lunch', from: 48, to: 56 }]
    expect(isWorked({ day: 'd', from: 37, to: 42 }, shades)).toBe(true)
    expect(isWorked({ day: 'd', from: 41, to: 43 }, shades)).toBe(false)
    expect(isWorked({ day: 'd', from: 48, to: 49 }, shades)).toBe(false)
  })

  it('finds what stands in the way, and what only touches is not', () => {
    const others = [{ day: 'd', from: 40, to: 44 }]
    expect(inTheWay({ day: 'd', from: 43, to: 45 }, others)).toBe(others[0])
    expect(inTheWay({ day: 'd', from: 44, to: 45 }, others)).toBeUndefined()
    expect(inTheWay({ day: 'e', from: 40, to: 44 }, others)).toBeUndefined()
  })
})

describe('keys on a piece', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    const shade = '<div data-shade="focus" data-from="36" data-to="72"></div>'
    const day = (name: string, inner: string) => `<section data-day="${name}" data-day-name="${name}"><div data-column>${shade}${inner}</div></section>`
    const piece = `<article class="plan-piece at-5 for-4" id="piece-7" data-piece="7" data-version="1" data-from="40" data-to="44" data-title="写周报" data-url="/placements/7/"><a class="plan-piece-link" href="#"><time></time></a></article>`
    const taken = '<article class="plan-piece at-13 for-4" id="piece-8" data-piece="8" data-version="1" data-from="48" data-to="52" data-title="对账"><a class="plan-piece-link" href="#"></a></article>'
    document.body.setAttribute('hx-headers:inherited', '{"X-CSRFToken":"t"}')
    document.body.innerHTML = `<script type="application/json" id="planner-words">{"moved":"{title}: {day}, {start} to {end}.","back":"{title} is back.","taken":"{title} stands there."}</script>
      <p data-planner-said></p><div id="toasts"></div>
      <div data-planner data-first="36" data-last="72">${day('2026-11-23', piece + taken)}${day('2026-11-24', '')}</div>`
    initPlanner()
  })

  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  const piece = () => document.getElementById('piece-7') as HTMLElement
  const press = (key: string, shiftKey = false) =>
    piece().querySelector('a')?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true }))
  const answer = (status: number, headers: Record<string, string> = {}) => {
    const asked = vi.fn().mockResolvedValue(new Response(null, { status, headers }))
    vi.stubGlobal('fetch', asked)
    return asked
  }
  const settle = async () => {
    await vi.advanceTimersByTimeAsync(600)
  }

  it('moves it at once, says so, and sends the form once after the last key', async () => {
    const asked = answer(204, { 'HX-Trigger': '{"placement:saved":{"id":7,"version":2}}' })
    press('ArrowDown')
    press('ArrowRight')
    expect(placeOf(piece())).toEqual({ day: '2026-11-24', from: 41, to: 45 })
    expect(document.querySelector('[data-planner-said]')?.textContent).toBe('写周报: 2026-11-24, 10:15 to 11:15.')
    await settle()
    expect(asked).toHaveBeenCalledTimes(1)
    const sent = asked.mock.calls[0]?.[1].body as FormData
    expect([sent.get('day'), sent.get('start'), sent.get('end'), sent.get('version')]).toEqual(['2026-11-24', '10:15', '11:15', '1'])
    expect(piece().dataset.version).toBe('2')
  })

  it('goes back to where it was when the server refuses, and says why', async () => {
    answer(409, { 'X-Error': encodeURIComponent('周会已固定') })
    press('ArrowDown', true)
    expect(placeOf(piece()).to).toBe(45)
    await settle()
    expect(placeOf(piece())).toEqual({ day: '2026-11-23', from: 40, to: 44 })
    expect(document.getElementById('toasts')?.textContent).toContain('周会已固定')
  })

  it('asks nobody about a place that is taken', async () => {
    const asked = answer(204)
    put(piece(), { day: '2026-11-23', from: 44, to: 48 })
    press('ArrowDown')
    await settle()
    expect(asked).not.toHaveBeenCalled()
    expect(placeOf(piece()).from).toBe(44)
    expect(document.getElementById('toasts')?.textContent).toContain('对账')
  })

  it('leaves it alone while an input method is at work', () => {
    piece().querySelector('a')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', isComposing: true, bubbles: true }))
    expect(placeOf(piece()).from).toBe(40)
  })
})
