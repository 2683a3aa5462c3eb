import { beforeEach, expect, test } from 'vitest'
import { beside, effect, payload, show, stateOf } from './team-plan'

const slot = (day: string, planned: number) => `<td data-slot="${day}" data-planned="${planned}" data-available="420">
  <div class="grid-load"><span data-load-text></span><span data-load-word></span><svg><rect data-load-bar></rect></svg></div><ul class="grid-chips"></ul></td>`

beforeEach(() => {
  document.body.innerHTML = `<section data-team-plan data-over="超 {n}" data-room="余 {n}" data-full="饱满"><table><tbody>
    <tr data-plan-row="1">${slot('2026-11-23', 400)}${slot('2026-11-24', 60)}</tr>
    <tr data-plan-row="2">${slot('2026-11-23', 390)}${slot('2026-11-24', 0)}</tr></tbody></table></section>`
})

const at = (row: number, day: string) => document.querySelector<HTMLElement>(`[data-plan-row="${row}"] [data-slot="2026-11-${day}"]`)!

function chip(shares: string): HTMLElement {
  const made = document.createElement('li')
  made.dataset.chip = '/team/tasks/7/day/'
  made.dataset.version = '3'
  made.dataset.minutes = '120'
  made.dataset.shares = shares
  at(1, '23').querySelector('.grid-chips')!.append(made)
  return made
}

test('both days change before the drop', () => {
  const changed = effect(chip('2026-11-23:120'), at(2, '23'))
  expect([...changed].map(([one, planned]) => [one === at(1, '23') ? 'from' : 'to', planned])).toEqual([['from', 280], ['to', 510]])
})

test('a task spread over days leaves all of them', () => {
  const changed = effect(chip('2026-11-23:60 2026-11-24:60'), at(1, '24'))
  expect(changed.get(at(1, '23'))).toBe(340)
  expect(changed.get(at(1, '24'))).toBe(120)
})

test('a day says in words how full it is', () => {
  show(at(2, '23'), 510)
  expect(at(2, '23').textContent).toContain('8.5 / 7')
  expect(at(2, '23').textContent).toContain('超 1.5')
  expect(at(2, '23').classList.contains('is-over')).toBe(true)
  show(at(2, '23'), 60)
  expect(at(2, '23').textContent).toContain('余 6')
  expect(stateOf(0, 0)).toBe('off')
  expect(stateOf(300, 420)).toBe('full')
})

test('arrow keys go to the next day and the next person', () => {
  expect(beside(at(1, '23'), 'ArrowRight')).toBe(at(1, '24'))
  expect(beside(at(1, '23'), 'ArrowDown')).toBe(at(2, '23'))
  expect(beside(at(2, '24'), 'ArrowDown')).toBeNull()
  expect(beside(at(1, '23'), 'ArrowLeft')).toBeNull()
})

test('a drop sends what the form sends', () => {
  const made = chip('')
  made.dataset.piece = '9'
  made.dataset.pieceVersion = '2'
  const sent = Object.fromEntries(payload(made, at(2, '24')))
  expect(sent).toMatchObject({ version: '3', person: '2', day: '2026-11-24', piece: '9', piece_version: '2' })
})
