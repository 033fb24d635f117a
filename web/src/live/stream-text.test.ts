import { expect, test } from 'vitest'
import { StreamText } from './stream-text'

const textOf = (stream: StreamText) => stream.list().map((part) => part.text)

test('deltas join in order', () => {
  const stream = new StreamText()
  stream.delta('g', 0, 0, 'The ')
  stream.delta('g', 0, 4, 'bell')
  expect(textOf(stream)).toEqual(['The bell'])
})

test('offsets count code points, so emoji and rare letters do not shift the text', () => {
  const stream = new StreamText()
  expect(stream.delta('g', 0, 0, '🔔 rings ')).toBe('applied')
  expect(stream.delta('g', 0, 8, '𝔬ut')).toBe('applied')
  expect(stream.delta('g', 0, 11, '!')).toBe('applied')
  expect(textOf(stream)).toEqual(['🔔 rings 𝔬ut!'])
})

test('an overlapping delta adds only what is new', () => {
  const stream = new StreamText()
  stream.delta('g', 0, 0, 'a🔔b')
  expect(stream.delta('g', 0, 1, '🔔bcd')).toBe('applied')
  expect(stream.delta('g', 0, 0, 'a🔔')).toBe('duplicate')
  expect(textOf(stream)).toEqual(['a🔔bcd'])
})

test('the text so far after a re-subscription joins without doubling', () => {
  const stream = new StreamText()
  stream.delta('g', 0, 0, 'Rain ')
  stream.delta('g', 0, 0, 'Rain falls ')
  stream.delta('g', 0, 11, 'on.')
  expect(textOf(stream)).toEqual(['Rain falls on.'])
})

test('a delta beyond the end is a gap and changes nothing', () => {
  const stream = new StreamText()
  stream.delta('g', 0, 0, 'Rain ')
  expect(stream.delta('g', 0, 9, 'on.')).toBe('gap')
  expect(textOf(stream)).toEqual(['Rain '])
})

test('a settled part takes no more deltas', () => {
  const stream = new StreamText()
  stream.delta('g', 0, 0, 'Rain ')
  stream.settle('g', 0)
  expect(stream.delta('g', 0, 5, 'late')).toBe('duplicate')
  stream.delta('g', 1, 0, 'Next')
  expect(textOf(stream)).toEqual(['Next'])
})
