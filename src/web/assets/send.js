// Makes the form for sending friendlier; without it the form works as any form does. Says before sending what is too
// large, shows how far it is, and sends again after a broken connection: the form's nonce and content are the same
// then, so that the gateway knows the repeat and makes no second case. What must be said stands in the page.
'use strict'
;(() => {
  const form = document.querySelector('form[data-send]')
  const box = document.querySelector('template[data-sending]')
  const input = form?.querySelector('input[type=file]')
  if (!form || !box || !input || !window.XMLHttpRequest || !window.DataTransfer) return

  const words = box.dataset
  const maxBytes = Number(words.maxBytes)
  /** Between two tries, in seconds; after the last the person decides. */
  const PAUSES = [2, 4, 8, 15, 30, 60]
  /** What another try may mend: nothing was taken, and it is not the form's fault. */
  const PASSING = [408, 425, 429, 500, 502, 503, 504]
  /** The envelope of a form: fields and what stands between the files. */
  const ENVELOPE_BYTES = 8192

  form.append(box.content.cloneNode(true))
  const part = (name) => form.querySelector(`[data-part=${name}]`)
  const submit = form.querySelector('button[type=submit]')
  const list = part('files')
  const problem = part('problem')
  const panel = part('panel')
  input.after(list, problem)

  /** What is chosen so far: on a phone one takes photos one after another, and each choice would replace the last. */
  let chosen = []
  let sending = null

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name])
  const size = (bytes) => {
    const [value, unit] = bytes < 1e6 ? [Math.max(1, Math.ceil(bytes / 1e3)), 'kilobyte'] : [bytes / 1e6, 'megabyte']
    const options = { style: 'unit', unit, maximumFractionDigits: 1 }
    return new Intl.NumberFormat(document.documentElement.lang, options).format(value)
  }
  const total = () => chosen.reduce((sum, file) => sum + file.size, 0)
  const isSame = (a) => (b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified

  function putIntoInput() {
    const transfer = new DataTransfer()
    for (const file of chosen) transfer.items.add(file)
    input.files = transfer.files
  }

  function complain(text) {
    problem.hidden = text === ''
    problem.textContent = text
    input.setCustomValidity(text)
    input.closest('.form-group').classList.toggle('form-error', text !== '')
    if (text === '') input.removeAttribute('aria-invalid')
    else input.setAttribute('aria-invalid', 'true')
  }

  /** Shows what is chosen, and says at once what could not be taken. */
  function show() {
    list.replaceChildren(
      ...chosen.map((file) => {
        const row = document.createElement('li')
        const name = document.createElement('span')
        name.className = 'file-name'
        name.textContent = file.name
        const facts = document.createElement('span')
        facts.className = 'file-size'
        facts.textContent = file.size === 0 ? words.empty : size(file.size)
        const remove = document.createElement('button')
        remove.type = 'button'
        remove.className = 'button button-unstyled'
        remove.textContent = words.remove
        remove.setAttribute('aria-label', fill(words.removeNamed, { name: file.name }))
        remove.addEventListener('click', () => {
          chosen = chosen.filter((one) => one !== file)
          putIntoInput()
          show()
          input.focus()
        })
        row.append(name, facts, remove)
        return row
      }),
    )
    list.hidden = chosen.length === 0
    const over = total() + ENVELOPE_BYTES > maxBytes
    complain(over ? fill(words.tooLarge, { total: size(total()), max: size(maxBytes) }) : '')
  }

  input.addEventListener('change', () => {
    for (const file of input.files) if (!chosen.some(isSame(file))) chosen.push(file)
    putIntoInput()
    show()
  })

  const progress = part('progress')
  const status = part('status')
  const again = part('again')
  const cancel = part('cancel')
  /** Said aloud only where it changes much: not at every percent. */
  const say = (text) => {
    if (status.textContent !== text) status.textContent = text
  }
  const warnLeaving = (event) => event.preventDefault()

  function editable(is) {
    panel.hidden = is
    submit.disabled = !is
    for (const group of form.querySelectorAll('.form-group')) group.inert = !is
    if (is) window.removeEventListener('beforeunload', warnLeaving)
    else window.addEventListener('beforeunload', warnLeaving)
  }

  /** One try. The same FormData each time: the browser reads the same files under the same nonce. */
  function attempt() {
    const { data } = sending
    clearTimeout(sending.timer)
    again.hidden = true
    const request = new XMLHttpRequest()
    sending.request = request
    request.open('POST', form.action)
    request.setRequestHeader('Accept', 'application/json')
    request.responseType = 'json'
    progress.value = 0
    say(sending.tries === 0 ? words.sending : words.sendingAgain)
    request.upload.addEventListener('progress', ({ loaded, total: whole }) => {
      progress.value = whole > 0 ? loaded / whole : 0
      if (whole > 0) part('percent').textContent = fill(words.percent, { percent: Math.floor((100 * loaded) / whole) })
    })
    request.upload.addEventListener('load', () => say(words.storing))
    request.addEventListener('load', () => {
      const { status: code, response } = request
      if (code === 201 && typeof response?.location === 'string' && /^\/t\/[\w-]+$/.test(response.location)) {
        window.removeEventListener('beforeunload', warnLeaving)
        say(words.stored)
        window.location.assign(response.location)
      } else if (PASSING.includes(code)) later(Number(request.getResponseHeader('Retry-After')) || 0)
      else refuse(response?.detail || words.refused)
    })
    request.addEventListener('error', () => later(0))
    request.send(data)
  }

  function later(atLeastSeconds) {
    const pause = PAUSES[sending.tries]
    sending.tries += 1
    again.hidden = false
    if (pause === undefined) {
      say(words.gaveUp)
      return
    }
    const seconds = Math.max(pause, Math.min(atLeastSeconds, 60))
    say(fill(words.broken, { seconds }))
    sending.timer = setTimeout(attempt, seconds * 1000)
  }

  function refuse(text) {
    sending = null
    editable(true)
    complain(text)
    // Said by the server of these files: another choice may be taken.
    input.setCustomValidity('')
    problem.scrollIntoView({ block: 'center' })
  }

  again.addEventListener('click', attempt)
  cancel.addEventListener('click', () => {
    clearTimeout(sending?.timer)
    sending?.request?.abort()
    sending = null
    editable(true)
    submit.focus()
  })
  window.addEventListener('online', () => {
    if (sending && !again.hidden) attempt()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (sending) return
    sending = { data: new FormData(form), tries: 0, timer: 0, request: null }
    editable(false)
    panel.scrollIntoView({ block: 'nearest' })
    attempt()
  })
  // Back from the next page: what was sent is sent, and the form can be used for more.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    sending = null
    editable(true)
  })
  // Where the browser kept a choice over a reload.
  chosen = [...input.files]
  show()
})()
