/** Where a fact comes from: any number of sources. */
import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Evidence } from '@/api/types'
import './strings'

const kinds: Evidence['kind'][] = ['author', 'entry', 'roll', 'transcript', 'chapter']

interface Props {
  value: Evidence[]
  onChange: (evidence: Evidence[]) => void
  fields: Record<string, string>
}

export function EvidenceInput({ value, onChange, fields }: Props) {
  const { t } = useTranslation('knowledge')
  const put = (n: number, next: Evidence) => onChange(value.map((one, i) => (i === n ? next : one)))
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {t('evidence')}
      </Text>
      {value.map((one, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sources have no names of their own
        <Group key={n} gap="xs" wrap="nowrap" align="flex-start">
          <Select
            aria-label={t('evidence_kind', { n: n + 1 })}
            data={kinds.map((kind) => ({ value: kind, label: t(`evidence_kinds.${kind}`) }))}
            value={one.kind}
            onChange={(kind) => kind && put(n, { ...one, kind: kind as Evidence['kind'] })}
            allowDeselect={false}
            flex={1}
          />
          <TextInput
            aria-label={t('evidence_ref', { n: n + 1 })}
            placeholder={t('evidence_ref_hint')}
            value={one.ref ?? ''}
            onChange={(event) => put(n, { ...one, ref: event.currentTarget.value || null })}
            error={fields[`evidence.${n}.ref`]}
            flex={1}
          />
          <NumberInput
            aria-label={t('evidence_at', { n: n + 1 })}
            value={one.at ?? ''}
            onChange={(at) => put(n, { ...one, at: typeof at === 'number' ? at : null })}
            error={fields[`evidence.${n}.at`]}
            allowDecimal={false}
            min={0}
            w={80}
          />
          <ActionIcon
            mt={4}
            variant="subtle"
            color="gray"
            aria-label={t('evidence_remove', { n: n + 1 })}
            onClick={() => onChange(value.filter((_, i) => i !== n))}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group>
        <Button
          variant="light"
          size="xs"
          leftSection={<IconPlus size={14} />}
          disabled={value.length >= 20}
          onClick={() => onChange([...value, { kind: 'author' }])}
        >
          {t('evidence_add')}
        </Button>
      </Group>
    </Stack>
  )
}
