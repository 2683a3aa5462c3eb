/** A drawn chart as a file: colours and type are written into the shapes, because no style sheet goes along. */

const KEPT = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-size', 'font-weight', 'font-family', 'paint-order', 'display'] as const

/** Write what the style sheet says into the attributes of a drawing that is in the page. */
function writeStyles(drawing: SVGElement): void {
  const elements = [drawing, ...drawing.querySelectorAll<SVGElement>('*')]
  // All are read before one is written: without its class, a parent would no longer colour what is in it.
  const styles = elements.map(element => {
    const style = getComputedStyle(element)
    return KEPT.map((name): [string, string] => [name, style.getPropertyValue(name)])
  })
  elements.forEach((element, n) => {
    for (const [name, value] of styles[n] ?? []) if (value && value !== 'normal' && value !== 'auto' && (value !== 'none' || name === 'fill')) element.setAttribute(name, value)
    element.removeAttribute('class')
  })
}

export function asText(drawing: SVGSVGElement): string {
  writeStyles(drawing)
  return new XMLSerializer().serializeToString(drawing)
}

function save(href: string, name: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = name
  link.click()
}

export function saveSvg(text: string, name: string): void {
  const href = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }))
  save(href, `${name}.svg`)
  setTimeout(() => URL.revokeObjectURL(href), 1_000)
}

/** Save as PNG, twice as fine as the screen where the browser's limit of a canvas allows it. */
export async function savePng(text: string, name: string, width: number, height: number): Promise<void> {
  const image = new Image(width, height)
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`
  await image.decode()
  const scale = Math.min(2, 16_000 / width, 16_000 / height)
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>(done => canvas.toBlob(done, 'image/png'))
  if (!blob) return
  const href = URL.createObjectURL(blob)
  save(href, `${name}.png`)
  setTimeout(() => URL.revokeObjectURL(href), 1_000)
}
