/** Edit and accept: the parts of a suggestion as a form, beside what is there now. */
import {
  Button,
  CloseButton,
  Group,
  JsonInput,
  Modal,
  NumberInput,
  Stack,
  Switch,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, fieldErrors } from '@/api/problem'
import { entityQuery } from '@/api/queries'
import { Failed, Loading } from '@/ui/states'
import { inputOf, startOf } from './editing'
import { accept, type Change, type Proposal, proposalQuery } from './queries'
import { useFieldName, useShown } from './shown'
import './strings'

interface EditChangeProps {
  campaignId: string
  proposalId: string
  close: () => void
  done: () => void
}

export function EditChange({ campaignId, proposalId, close, done }: EditChangeProps) {
  const { t } = useTranslation('proposals')
  const found = useQuery({ ...proposalQuery(campaignId, proposalId), staleTime: 0 })
  const proposal = found.data
  const joins = proposal?.operation === 'update' && proposal.target_type === 'entity' && 'fields' in proposal.change
  const target = useQuery({
    ...entityQuery(campaignId, proposal?.target_id ?? ''),
    enabled: joins === true,
    staleTime: 0,
  })
  const ready = proposal && !found.isFetching && (!joins || (target.data && !target.isFetching))
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t('edit.title', { label: proposal?.label ?? '' })}
      returnFocus={false}
    >
      {found.error && <Failed error={found.error} retry={() => void found.refetch()} />}
      {target.error && <Failed error={target.error} retry={() => void target.refetch()} />}
      {ready ? (
        <Form
          proposal={proposal}
          fieldsNow={(target.data?.fields as Change | undefined) ?? {}}
          version={target.data?.version ?? proposal.target_version ?? null}
          close={close}
          done={done}
        />
      ) : (
        !found.error && !target.error && <Loading height={200} />
      )}
    </Modal>
  )
}

interface FormProps {
  proposal: Proposal
  fieldsNow: Change
  version: number | null
  close: () => void
  done: () => void
}

function Form({ proposal, fieldsNow, version, close, done }: FormProps) {
  const { t } = useTranslation('proposals')
  const { t: common } = useTranslation()
  const name = useFieldName()
  const shown = useShown(proposal.names)
  const [values, setValues] = useState<Change>(() => startOf(proposal, fieldsNow))
  const [broken, setBroken] = useState<Record<string, boolean>>({})
  const [note, setNote] = useState('')
  const save = useMutation({
    mutationFn: () =>
      accept(proposal.id, {
        change: values,
        note,
        ...(proposal.operation === 'update' && version !== null ? { target_version: version } : {}),
      }),
    onSuccess: done,
  })
  const errors = fieldErrors(save.error)
  const stale = save.error instanceof ApiError && save.error.status === 412
  const set = (field: string, value: unknown) => setValues((old) => ({ ...old, [field]: value }))
  const drop = (field: string) =>
    setValues((old) => Object.fromEntries(Object.entries(old).filter(([key]) => key !== field)))
  const invalid = Object.entries(broken).some(([field, is]) => is && field in values)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack>
        {Object.keys(values).map((field) => {
          const part = proposal.diff.find((one) => one.field === field)
          return (
            <div key={field}>
              <Group align="flex-start" wrap="nowrap" gap="xs">
                <div style={{ flex: 1, minWidth: 0 }}>
                  <Input
                    field={field}
                    label={name(field)}
                    value={values[field]}
                    error={errors[`change.${field}`]}
                    onChange={(value) => set(field, value)}
                    onBroken={(is) => setBroken((old) => ({ ...old, [field]: is }))}
                  />
                </div>
                {proposal.operation === 'update' && (
                  <CloseButton
                    mt={24}
                    aria-label={t('edit.leave_out', { field: name(field) })}
                    onClick={() => drop(field)}
                  />
                )}
              </Group>
              {part?.conflict && (
                <Group gap="xs" mt={4}>
                  <Text size="sm" c="dimmed" lineClamp={4} style={{ flex: 1 }}>
                    {t('edit.now')} {part.before === null ? t('diff.empty') : shown(field, part.before)}
                  </Text>
                  <Button size="compact-xs" variant="light" onClick={() => set(field, part.before)}>
                    {t('edit.keep')}
                  </Button>
                </Group>
              )}
            </div>
          )
        })}
        {Object.keys(values).length === 0 && <Text c="dimmed">{t('edit.nothing')}</Text>}
        <TextInput
          label={t('edit.note')}
          value={note}
          maxLength={500}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {stale && (
          <Text size="sm" role="alert">
            {t('edit.stale')}
          </Text>
        )}
        {save.error && !stale && <Failed error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={invalid || Object.keys(values).length === 0}>
            {t('edit.accept')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface InputProps {
  field: string
  label: string
  value: unknown
  error: string | undefined
  onChange: (value: unknown) => void
  onBroken: (is: boolean) => void
}

function Input({ field, label, value, error, onChange, onBroken }: InputProps) {
  const { t } = useTranslation('proposals')
  const kind = inputOf(field, value)
  const text = typeof value === 'string' ? value : ''
  if (kind === 'line') {
    return (
      <TextInput label={label} value={text} error={error} onChange={(event) => onChange(event.currentTarget.value)} />
    )
  }
  if (kind === 'text') {
    return (
      <Textarea
        label={label}
        value={text}
        error={error}
        autosize
        minRows={2}
        maxRows={16}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  }
  if (kind === 'number') {
    return (
      <NumberInput
        label={label}
        value={typeof value === 'number' ? value : ''}
        error={error}
        allowDecimal={false}
        onChange={(next) => onChange(typeof next === 'number' ? next : null)}
      />
    )
  }
  if (kind === 'switch') {
    return <Switch label={label} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
  }
  if (kind === 'words') {
    return (
      <TagsInput
        label={label}
        value={Array.isArray(value) ? value.map(String) : []}
        error={error}
        onChange={onChange}
      />
    )
  }
  return (
    <Json
      label={label}
      value={value}
      error={error ?? undefined}
      hint={t('edit.json')}
      onChange={onChange}
      onBroken={onBroken}
    />
  )
}

interface JsonProps {
  label: string
  value: unknown
  error: string | undefined
  hint: string
  onChange: (value: unknown) => void
  onBroken: (is: boolean) => void
}

/** The text is kept while it is not yet valid. */
function Json({ label, value, error, hint, onChange, onBroken }: JsonProps) {
  const { t } = useTranslation('proposals')
  const [text, setText] = useState(() => JSON.stringify(value, null, 2))
  const [wrong, setWrong] = useState(false)
  return (
    <JsonInput
      label={label}
      description={hint}
      value={text}
      error={wrong ? t('edit.json_wrong') : error}
      autosize
      minRows={1}
      maxRows={16}
      styles={{ input: { fontFamily: 'monospace' } }}
      onChange={(next) => {
        setText(next)
        try {
          onChange(JSON.parse(next))
          setWrong(false)
          onBroken(false)
        } catch {
          setWrong(true)
          onBroken(true)
        }
      }}
    />
  )
}
