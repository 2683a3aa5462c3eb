/** The ranking table: what a change has moved is marked, and said aloud once. */
import { all } from '../dom'

const TABLE = '[data-ranking]'
let before = new Map<string, number>()
// What moved last stays marked through a refresh, until something else moves.
let marks = new Map<string, number>()
let isReady = false

const ranks = () => new Map(all(document, `${TABLE} [data-rank]`).map(row => [row.id, Number(row.dataset.rank)]))

/** What has moved between two orders: row id → how many places up (negative: down). */
export function movements(from: ReadonlyMap<string, number>, to: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...to].map(([id, rank]) => [id, (from.get(id) ?? rank) - rank] as [string, number]).filter(([, by]) => by !== 0))
}

function markMoved(): void {
  const after = ranks()
  const moved = movements(before, after)
  if (moved.size) marks = moved
  for (const [id, by] of marks) {
    const place = document.getElementById(id)?.querySelector('[data-rank-moved]')
    if (place) place.textContent = by > 0 ? `▲${by}` : `▼${-by}`
    document.getElementById(id)?.classList.add('is-moved')
  }
  before = after
}

export function initRanking(): void {
  if (isReady) return
  isReady = true
  before = ranks()
  document.addEventListener('htmx:after:swap', markMoved)
}
