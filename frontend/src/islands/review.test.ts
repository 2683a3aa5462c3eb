import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keep, save, start } from './review'

const page = () => {
  document.body.innerHTML = `<form action="/reviews/2026-11/me/" data-autosave="#saved" data-offline="offline"><textarea id="why" name="unmet">old</textarea><p id="saved"><input type="hidden" name="version" value="1">hint</p></form>
    <button data-adopt="#why" data-adopt-text="林悦：晚了">take</button>`
  return document.querySelector('form')!
}
const answer = (status: number, text: string) => vi.fn(() => Promise.resolve(new Response(text, { status })))
const type = (text: string) => {
  const field = document.querySelector('textarea')!
  field.value = text
  field.dispatchEvent(new InputEvent('input', { bubbles: true }))
}

describe('a review', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('saves once when typing pauses and takes the new version over', async () => {
    const fetch = answer(200, '<p id="saved"><input type="hidden" name="version" value="2">Saved</p>')
    vi.stubGlobal('fetch', fetch)
    const form = page()
    keep(form)
    type('new')
    type('newer')
    await vi.advanceTimersByTimeAsync(1600)
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(new FormData(form).get('version')).toBe('2')
  })

  it('keeps what was typed before it came', async () => {
    const fetch = answer(200, '<p id="saved"><input type="hidden" name="version" value="2">Saved</p>')
    vi.stubGlobal('fetch', fetch)
    const form = page()
    document.querySelector('textarea')!.value = 'early'
    keep(form)
    await vi.advanceTimersByTimeAsync(1600)
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('is sent right after a save that is under way, by the button that was pressed', async () => {
    let done = (_value: Response) => {}
    vi.stubGlobal('fetch', vi.fn(() => new Promise<Response>(resolve => (done = resolve))))
    const form = page()
    const sent: (string | null)[] = []
    keep(form)
    form.addEventListener('submit', event => {
      event.preventDefault()
      sent.push(`${event.submitter?.getAttribute('value')} ${new FormData(form).get('version')}`)
    })
    form.insertAdjacentHTML('beforeend', '<button name="go" value="preview">go</button>')
    type('new')
    await vi.advanceTimersByTimeAsync(1600)
    form.requestSubmit(form.querySelector('button'))
    expect(sent).toEqual([])
    done(new Response('<p id="saved"><input type="hidden" name="version" value="2">Saved</p>'))
    await vi.advanceTimersByTimeAsync(10)
    expect(sent).toEqual(['preview 2'])
  })

  it('saves nothing that was not touched', async () => {
    const fetch = answer(200, '')
    vi.stubGlobal('fetch', fetch)
    await save(page())
    expect(fetch).not.toHaveBeenCalled()
  })

  it('keeps what was typed and says so when there is no connection', async () => {
    vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError())))
    const form = page()
    keep(form)
    type('typed')
    await vi.advanceTimersByTimeAsync(1600)
    expect(document.querySelector('#saved')!.textContent).toBe('offline')
    expect(new FormData(form).get('version')).toBe('1')
    expect(document.querySelector('textarea')!.value).toBe('typed')
  })

  it('takes the words of somebody over below what stands', () => {
    const form = page()
    start(document)
    document.querySelector<HTMLElement>('[data-adopt]')!.click()
    expect(form.querySelector('textarea')!.value).toBe('old\n林悦：晚了')
  })
})
