/** A finger that rests takes hold of something; one that moves before that is scrolling. */

/** So long a finger rests before it takes hold, in milliseconds. */
export const HOLD = 400
/** A resting finger trembles by this much, in pixels. */
export const TREMBLE = 10
/** This near to an edge, in pixels, the page follows the finger; so fast at most, in pixels a frame. */
const EDGE = 96
const FASTEST = 14

export class Press {
  isHeld = false
  private readonly timer: ReturnType<typeof setTimeout>

  constructor(private readonly x: number, private readonly y: number, held: () => void) {
    this.timer = setTimeout(() => {
      this.isHeld = true
      held()
    }, HOLD)
  }

  /** Whether the press goes on with the finger here. */
  move(x: number, y: number): boolean {
    if (this.isHeld || Math.hypot(x - this.x, y - this.y) <= TREMBLE) return true
    this.end()
    return false
  }

  end(): void {
    clearTimeout(this.timer)
  }
}

/** How far the page goes in a frame with the finger at `y`, `top` and `bottom` being where it can be seen. */
export function pull(y: number, top: number, bottom: number): number {
  const near = Math.max(0, Math.min(1, y < (top + bottom) / 2 ? (top + EDGE - y) / EDGE : (y - bottom + EDGE) / EDGE))
  return Math.round(near * FASTEST) * (y < (top + bottom) / 2 ? -1 : 1) || 0
}
