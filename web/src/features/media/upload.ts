/** Putting a picture in. */
import type { MediaOut } from '@/api/types'
import { type Sending, sendFile } from '@/api/upload'

export type Upload = Sending<MediaOut>

export function upload(campaignId: string, file: File, alt: string, onProgress: (part: number) => void): Upload {
  const query = new URLSearchParams({ name: file.name.slice(0, 200), alt })
  return sendFile(`/api/v1/campaigns/${campaignId}/media?${query}`, file, onProgress)
}
