/** Draws our mark as PNG files: the little of SVG that the mark needs, and no library. */
import { crc32, deflateSync } from 'node:zlib'

type Point = [number, number]
interface Mark {
  side: number
  radius: number
  ground: Point3
  stroke: Point3
  width: number
  lines: Point[][]
  /** Left, top, right and bottom of the lines. */
  box: [number, number, number, number]
}
type Point3 = [number, number, number]
/** Full-bleed icons lie under a mask that may cut all but the inner 80 %. */
const INSET = 0.72

/** The icons by name: with round corners on nothing, and two that fill their square. */
export function drawIcons(svg: string): [string, Buffer][] {
  const mark = read(svg)
  return [
    ['icon-192', draw(mark, 192, false)],
    ['icon-512', draw(mark, 512, false)],
    ['icon-maskable', draw(mark, 512, true)],
    ['icon-apple', draw(mark, 180, true)],
  ]
}

const attribute = (tag: string, name: string): string => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
const numbers = (text: string): number[] => (text.match(/-?[\d.]+/g) ?? []).map(Number)

function colour(text: string): Point3 {
  const hex = text.length === 4 ? [...text.slice(1)].map(letter => letter + letter).join('') : text.slice(1)
  return [0, 2, 4].map(at => parseInt(hex.slice(at, at + 2), 16)) as Point3
}

function read(svg: string): Mark {
  const rect = /<rect[^>]*>/.exec(svg)?.[0] ?? ''
  const path = /<path[^>]*>/.exec(svg)?.[0] ?? ''
  if (!rect || !path) throw new Error('the mark is one rectangle and one path')
  const lines = flatten(attribute(path, 'd'))
  const [xs, ys] = [lines.flat().map(([x]) => x), lines.flat().map(([, y]) => y)]
  return {
    box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
    side: Number(attribute(rect, 'width')),
    radius: Number(attribute(rect, 'rx')),
    ground: colour(attribute(rect, 'fill')),
    stroke: colour(attribute(path, 'stroke')),
    width: Number(attribute(path, 'stroke-width')),
    lines,
  }
}

/** The path as straight lines: M m L l H h, and a with a circle. */
function flatten(d: string): Point[][] {
  const lines: Point[][] = []
  let [x, y] = [0, 0]
  for (const [, command = '', rest = ''] of d.matchAll(/([MmLlHha])([^MmLlHha]*)/g)) {
    const n = numbers(rest)
    const isRelative = command === command.toLowerCase()
    const to = (dx: number, dy: number): Point => (isRelative ? [x + dx, y + dy] : [dx, dy])
    if (command === 'M' || command === 'm') lines.push([])
    const line = lines.at(-1)
    if (!line) throw new Error('a path begins with M')
    if (command === 'a') line.push(...arc([x, y], n))
    else if (command.toLowerCase() === 'h') for (const dx of n) line.push([isRelative ? x + dx : dx, y])
    else
      for (let at = 0; at < n.length; at += 2) {
        line.push(to(n[at] ?? 0, n[at + 1] ?? 0))
        ;[x, y] = line.at(-1) ?? [x, y]
      }
    ;[x, y] = line.at(-1) ?? [x, y]
  }
  return lines
}

/** Half a circle to the right of its way, which is all the mark has. */
function arc([x, y]: Point, [radius = 0, , , , , dx = 0, dy = 0]: number[]): Point[] {
  if (Math.abs(Math.hypot(dx, dy) - 2 * radius) > 1e-6) throw new Error('only half circles are drawn')
  const [cx, cy] = [x + dx / 2, y + dy / 2]
  const from = Math.atan2(y - cy, x - cx)
  return Array.from({ length: 24 }, (_, step) => {
    const angle = from + (Math.PI * (step + 1)) / 24
    return [cx + radius * Math.cos(angle), cy + radius * Math.sin(angle)]
  })
}

/** How far a point lies from the lines; further than their width is as good as infinite. */
function distance([px, py]: Point, { lines, box, width: far }: Mark): number {
  let least = Infinity
  const [left, top, right, bottom] = box
  if (px < left - far || px > right + far || py < top - far || py > bottom + far) return least
  for (const line of lines) {
    for (let at = 1; at < line.length; at++) {
      const [[ax, ay], [bx, by]] = [line[at - 1] as Point, line[at] as Point]
      const length = (bx - ax) ** 2 + (by - ay) ** 2
      const along = length ? Math.max(0, Math.min(1, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length)) : 0
      least = Math.min(least, Math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay)))
    }
  }
  return least
}

/** How far outside the rounded square a point lies; negative inside. */
function outside([x, y]: Point, side: number, radius: number): number {
  const [dx, dy] = [Math.abs(x - side / 2) - side / 2 + radius, Math.abs(y - side / 2) - side / 2 + radius]
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius
}

function draw(mark: Mark, size: number, isFull: boolean): Buffer {
  const rows = Buffer.alloc(size * (size * 4 + 1))
  const pixel = mark.side / size
  const cover = (signed: number): number => Math.max(0, Math.min(1, 0.5 - signed / pixel))
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at: Point = [(column + 0.5) * pixel, (row + 0.5) * pixel]
      const half = mark.side / 2
      const inner: Point = isFull ? [half + (at[0] - half) / INSET, half + (at[1] - half) / INSET] : at
      const scale = isFull ? INSET : 1
      const line = cover((distance(inner, mark) - mark.width / 2) * scale)
      const place = row * (size * 4 + 1) + 1 + column * 4
      for (const channel of [0, 1, 2] as const) rows[place + channel] = Math.round(mark.ground[channel] + (mark.stroke[channel] - mark.ground[channel]) * line)
      rows[place + 3] = isFull ? 255 : Math.round(255 * cover(outside(at, mark.side, mark.radius)))
    }
  }
  return png(size, rows)
}

function png(size: number, rows: Buffer): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  head.set([8, 6, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
