/** A picture that can be chosen, dropped or pasted, with how far it has got and what went wrong. */
import { Button, FileButton, Group, Input, Progress, Stack, Text } from '@mantine/core'
import { IconPhotoPlus } from '@tabler/icons-react'
import clsx from 'clsx'
import { type ClipboardEvent, type DragEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { messageOf } from '@/api/problem'
import { Media } from '@/ui/Media'
import classes from './PictureInput.module.css'
import { type Upload, upload } from './upload'
import './strings'

const ACCEPT = 'image/png,image/jpeg,image/webp,image/gif'

interface PictureInputProps {
  campaignId: string
  label: string
  description?: string
  /** What the picture shows, for those who cannot see it. */
  alt: string
  value: string | null
  onChange: (id: string | null) => void
  error?: string | undefined
}

function pictureIn(data: DataTransfer | null): File | null {
  return Array.from(data?.files ?? []).find((file) => file.type.startsWith('image/')) ?? data?.files[0] ?? null
}

export function PictureInput({ campaignId, label, description, alt, value, onChange, error }: PictureInputProps) {
  const { t } = useTranslation('media')
  const id = useId()
  const [part, setPart] = useState<number | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const [over, setOver] = useState(false)
  const running = useRef<Upload | null>(null)
  useEffect(() => () => running.current?.cancel(), [])

  async function take(file: File | null) {
    if (!file || part !== null) return
    setRefused(null)
    setPart(0)
    const run = upload(campaignId, file, alt, setPart)
    running.current = run
    try {
      onChange((await run.done).id)
    } catch (reason) {
      if (!(reason instanceof DOMException)) setRefused(messageOf(reason))
    } finally {
      running.current = null
      setPart(null)
    }
  }

  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(pictureIn(event.dataTransfer))
  }
  const onPaste = (event: ClipboardEvent) => {
    const file = pictureIn(event.clipboardData)
    if (!file) return
    event.preventDefault()
    void take(file)
  }
  return (
    <Input.Wrapper label={label} description={description} error={refused ?? error} labelElement="div" id={id}>
      <div
        className={clsx(classes.zone, over && classes.over)}
        role="group"
        aria-label={label}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        onPaste={onPaste}
      >
        <div className={classes.preview}>
          {value ? <Media id={value} alt={alt} fit="cover" /> : <IconPhotoPlus size={30} stroke={1.3} aria-hidden />}
        </div>
        <Stack gap={6} flex={1} miw={0}>
          {part === null ? (
            <>
              <Group gap="xs">
                <FileButton onChange={(file) => void take(file)} accept={ACCEPT}>
                  {(props) => (
                    <Button {...props} size="xs" variant="default">
                      {value ? t('replace') : t('choose')}
                    </Button>
                  )}
                </FileButton>
                {value && (
                  <Button size="xs" variant="subtle" color="gray" onClick={() => onChange(null)}>
                    {t('remove')}
                  </Button>
                )}
              </Group>
              <Text size="xs" c="dimmed">
                {t('hint')}
              </Text>
            </>
          ) : (
            <>
              <Progress value={part * 100} aria-label={t('sending')} animated={part >= 1} />
              <Group justify="space-between">
                <Text size="xs" c="dimmed" role="status">
                  {t('sending')}
                </Text>
                <Button size="compact-xs" variant="subtle" color="gray" onClick={() => running.current?.cancel()}>
                  {t('cancel')}
                </Button>
              </Group>
            </>
          )}
        </Stack>
      </div>
    </Input.Wrapper>
  )
}
