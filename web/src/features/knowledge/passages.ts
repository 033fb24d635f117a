/** A text and its passages that not everybody may read, as the server splits it; here only to show them apart. */
export interface Passage {
  /** Who may read it: null for whoever reads the text; the names in the fence otherwise, none for game masters only. */
  names: string[] | null
  text: string
}

export function passages(body: string): Passage[] {
  const found: Passage[] = []
  let lines: string[] = []
  let names: string[] | null = null
  let depth = 0
  let code: string | null = null
  const end = () => {
    const text = lines.join('\n').trim()
    if (text) found.push({ names, text })
    lines = []
  }
  for (const line of body.split(/\r\n|\n|\r/)) {
    const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line)
    if (fence?.[1]) {
      if (code === null) code = fence[1]
      else if (fence[1].startsWith(code) && fence[2]?.trim() === '') code = null
    }
    const directive = code === null ? /^:::\s*(\w*)(.*)$/.exec(line.trimEnd()) : null
    if (directive && depth === 0 && directive[1] === 'secret') {
      end()
      names = [...(directive[2] ?? '').matchAll(/\[\[([^\]|]+)(?:\|[^\]]*)?\]\]/g)].map(
        (match) => match[1]?.trim() ?? '',
      )
      depth = 1
    } else if (directive && depth > 0 && directive[1] === '') {
      depth -= 1
      if (depth === 0) {
        end()
        names = null
      } else lines.push(line)
    } else {
      if (directive && depth > 0) depth += 1
      lines.push(line)
    }
  }
  end()
  return found
}
