import { expect, test } from 'vitest'
import { entry } from './testkit'
import { Timeline } from './timeline'

const seqs = (timeline: Timeline) => timeline.active().map((e) => e.seq)

test('the branch is the newest entry and its ancestors', () => {
  const timeline = new Timeline()
  for (const e of [entry(1, null), entry(2, 1), entry(3, 2)]) timeline.append(e)
  expect(seqs(timeline)).toEqual([1, 2, 3])
})

test('a retried answer switches the branch at the common parent', () => {
  const timeline = new Timeline()
  for (const e of [entry(1, null), entry(2, 1), entry(3, 2), entry(4, 3)]) timeline.append(e)
  timeline.append(entry(5, 2))
  expect(seqs(timeline)).toEqual([1, 2, 5])
  timeline.append(entry(6, 5))
  expect(seqs(timeline)).toEqual([1, 2, 5, 6])
})

test('going on from an abandoned answer brings its ancestors back', () => {
  const timeline = new Timeline()
  for (const e of [entry(1, null), entry(2, 1), entry(3, 2), entry(4, 1)]) timeline.append(e)
  expect(seqs(timeline)).toEqual([1, 4])
  timeline.append(entry(5, 3))
  expect(seqs(timeline)).toEqual([1, 2, 3, 5])
})

test('older pages are put in front, also after a branch switch', () => {
  const timeline = new Timeline()
  for (const e of [entry(51, 50), entry(52, 51), entry(53, 51)]) timeline.append(e)
  expect(timeline.hasOlder).toBe(true)
  timeline.prepend([entry(49, 48), entry(50, 49)])
  expect(seqs(timeline)).toEqual([49, 50, 51, 53])
  timeline.append(entry(54, 50))
  expect(seqs(timeline)).toEqual([49, 50, 54])
  timeline.prepend([entry(47, null), entry(48, 47)])
  expect(seqs(timeline)).toEqual([47, 48, 49, 50, 54])
  expect(timeline.hasOlder).toBe(false)
  expect(timeline.firstSeq).toBe(47)
})

test('abandoned entries on an older page stay hidden', () => {
  const timeline = new Timeline()
  timeline.append(entry(4, 3))
  timeline.prepend([entry(1, null), entry(2, 1), entry(3, 1)])
  expect(seqs(timeline)).toEqual([1, 3, 4])
})

test('the view is the same array until something changes', () => {
  const timeline = new Timeline()
  timeline.append(entry(1, null))
  const before = timeline.active()
  expect(timeline.active()).toBe(before)
  timeline.append(entry(2, 1))
  expect(timeline.active()).not.toBe(before)
})

test('twenty thousand entries are taken one by one without slowing down', () => {
  const timeline = new Timeline()
  for (let seq = 1; seq <= 20_000; seq++) timeline.append(entry(seq, seq === 1 ? null : seq - 1))
  expect(timeline.active()).toHaveLength(20_000)
})
