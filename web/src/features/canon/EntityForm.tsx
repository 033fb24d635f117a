/** The form of an entity, new or known. Holds no state of its own: the draft lives with the page. */
import {
  Accordion,
  Button,
  Group,
  JsonInput,
  NativeSelect,
  Stack,
  Tabs,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntityKind, Fields, Subtype } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { PictureInput } from '@/features/media/PictureInput'
import { BodyInput } from '@/features/pages/BodyInput'
import { Padlock, PickLocks } from '@/features/pages/Locks'
import { Panel } from '@/ui/Panel'
import { Loading } from '@/ui/states'
import type { EntityValues } from './draft'
import { FieldInputs } from './FieldInputs'
import { specsFor } from './fields'
import { PickMany, PickOne } from './names'
import { PickVisibility } from './PickVisibility'

const Markdown = lazy(() => import('@/ui/Markdown'))
const subtypes = ['pc', 'npc', 'creature'] as const

interface EntityFormProps {
  kind: EntityKind
  selfId?: string
  /** Whether fields can be locked here. */
  locks?: boolean
  values: EntityValues
  onChange: (values: EntityValues) => void
  errors: Record<string, string>
  submit: string
  busy: boolean
  onSubmit: () => void
  onCancel: () => void
}

export function EntityForm({
  kind,
  selfId,
  locks = false,
  values,
  onChange,
  errors,
  submit,
  busy,
  onSubmit,
  onCancel,
}: EntityFormProps) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const set = <K extends keyof EntityValues>(key: K, value: EntityValues[K]) => onChange({ ...values, [key]: value })
  const locked = values.locked ?? []
  const padlock = (field: string) =>
    locks
      ? {
          readOnly: locked.includes(field),
          rightSection: <Padlock field={field} locked={locked} onChange={(next) => set('locked', next)} />,
        }
      : {}
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      <Stack>
        <TextInput
          label={t('form.name')}
          value={values.name}
          onChange={(event) => set('name', event.currentTarget.value)}
          error={errors.name}
          {...padlock('name')}
          required
          size="md"
        />
        <Group grow align="flex-start">
          {kind === 'character' && (
            <NativeSelect
              label={t('form.subtype')}
              value={values.subtype ?? 'npc'}
              onChange={(event) => set('subtype', event.currentTarget.value as Subtype)}
              data={subtypes.map((value) => ({ value, label: t(`subtypes.${value}`) }))}
            />
          )}
          {kind === 'location' && (
            <PickOne
              campaignId={campaignId}
              kind="location"
              label={t('form.parent')}
              placeholder={t('form.parent_none')}
              value={values.parent_id}
              onChange={(id) => set('parent_id', id)}
              not={selfId}
              error={errors.parent_id}
            />
          )}
          <TagsInput
            label={t('form.aliases')}
            value={values.aliases}
            onChange={(aliases) => set('aliases', aliases)}
            error={errors.aliases}
            {...padlock('aliases')}
          />
        </Group>
        <Textarea
          label={t('form.summary')}
          value={values.summary}
          onChange={(event) => set('summary', event.currentTarget.value)}
          error={errors.summary}
          {...padlock('summary')}
          autosize
          minRows={2}
        />
        <PictureInput
          campaignId={campaignId}
          label={t('form.portrait')}
          alt={values.name}
          value={values.portrait_id}
          onChange={(id) => set('portrait_id', id)}
          error={errors.portrait_id}
        />
        <Tabs defaultValue="write" keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="write">{t('form.body')}</Tabs.Tab>
            <Tabs.Tab value="preview">{t('form.preview')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="write" pt="xs">
            <BodyInput
              aria-label={t('form.body')}
              description={t('form.body_hint')}
              value={values.body}
              onChange={(body) => set('body', body)}
              error={errors.body}
              {...padlock('body')}
              autosize
              minRows={8}
              maxRows={26}
            />
          </Tabs.Panel>
          <Tabs.Panel value="preview" pt="sm" mih={220}>
            <Suspense fallback={<Loading height={120} />}>
              <Markdown>{values.body}</Markdown>
            </Suspense>
          </Tabs.Panel>
        </Tabs>
        <TagsInput
          label={t('form.tags')}
          value={values.tags}
          onChange={(tags) => set('tags', tags)}
          error={errors.tags}
          {...padlock('tags')}
        />
        <PickVisibility value={values.visibility} onChange={(visibility) => set('visibility', visibility)} />
        {values.visibility === 'some' && (
          <PickMany
            campaignId={campaignId}
            kind="character"
            label={t('visibility.some_hint')}
            value={values.visible_to}
            onChange={(ids) => set('visible_to', ids)}
            error={errors.visible_to}
          />
        )}
        {specsFor(kind, values.subtype).length > 0 && (
          <Panel title={t('form.details')}>
            <FieldInputs
              campaignId={campaignId}
              specs={specsFor(kind, values.subtype)}
              fields={values.fields}
              onChange={(fields) => set('fields', fields)}
              errors={errors}
            />
          </Panel>
        )}
        {locks && <PickLocks fields={values.fields} locked={locked} onChange={(next) => set('locked', next)} />}
        <Accordion variant="contained">
          <Accordion.Item value="json">
            <Accordion.Control>{t('form.advanced')}</Accordion.Control>
            <Accordion.Panel>
              <RawFields fields={values.fields} onChange={(fields) => set('fields', fields)} />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function parse(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null
  }
}

/** The text is kept while it is not yet valid; when the fields change elsewhere it follows them. */
function RawFields({ fields, onChange }: { fields: Fields; onChange: (fields: Fields) => void }) {
  const { t } = useTranslation('canon')
  const written = JSON.stringify(fields, null, 2)
  const [edit, setEdit] = useState<{ text: string; of: string } | null>(null)
  const text = edit && edit.of === written ? edit.text : written
  return (
    <JsonInput
      aria-label={t('form.advanced')}
      description={t('form.json_hint')}
      value={text}
      onChange={(next) => {
        const parsed = parse(next)
        if (parsed) onChange(parsed)
        setEdit({ text: next, of: parsed ? JSON.stringify(parsed, null, 2) : written })
      }}
      error={parse(text) ? undefined : t('form.json_invalid')}
      autosize
      minRows={6}
      maxRows={30}
      styles={{ input: { fontFamily: 'monospace' } }}
    />
  )
}
