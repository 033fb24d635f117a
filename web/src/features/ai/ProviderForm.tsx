/** One model server: address, key, model, and a test that says exactly what went wrong. */
import {
  Alert,
  Autocomplete,
  Button,
  Checkbox,
  Chip,
  Code,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  PasswordInput,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { fieldErrors, statusOf } from '@/api/problem'
import type { ProviderOut, ProviderTestOut } from '@/api/types'
import { Failed } from '@/ui/states'
import { nano, typed } from './money'

const dialects = ['openai', 'anthropic', 'gemini', 'cohere', 'ollama'] as const
const prices = ['input', 'output', 'cached', 'reasoning'] as const
type Dialect = (typeof dialects)[number]

const presets: { name: string; kind: Dialect; base_url: string; outside: boolean }[] = [
  { name: 'Ollama', kind: 'ollama', base_url: 'http://localhost:11434', outside: false },
  { name: 'llama.cpp', kind: 'openai', base_url: 'http://localhost:8080/v1', outside: false },
  { name: 'vLLM', kind: 'openai', base_url: 'http://localhost:8000/v1', outside: false },
  { name: 'LM Studio', kind: 'openai', base_url: 'http://localhost:1234/v1', outside: false },
  { name: 'OpenAI', kind: 'openai', base_url: 'https://api.openai.com/v1', outside: true },
  { name: 'Anthropic', kind: 'anthropic', base_url: 'https://api.anthropic.com/v1', outside: true },
  { name: 'Gemini', kind: 'gemini', base_url: 'https://generativelanguage.googleapis.com/v1beta', outside: true },
  { name: 'Cohere', kind: 'cohere', base_url: 'https://api.cohere.com/v2', outside: true },
]

export function ProviderForm({ editing, close }: { editing: ProviderOut | 'new' | null; close: () => void }) {
  const { t } = useTranslation('ai')
  const provider = editing === 'new' ? null : editing
  return (
    <Modal
      opened={editing !== null}
      onClose={close}
      title={provider ? t('edit', { name: provider.name }) : t('form.title')}
      size="lg"
    >
      {editing !== null && <Body provider={provider} close={close} />}
    </Modal>
  )
}

function Body({ provider, close }: { provider: ProviderOut | null; close: () => void }) {
  const { t } = useTranslation('ai')
  const { t: common } = useTranslation()
  const queries = useQueryClient()
  const [values, setValues] = useState({
    name: provider?.name ?? '',
    kind: (provider?.kind ?? 'openai') as Dialect,
    base_url: provider?.base_url ?? '',
    model: provider?.model ?? '',
    api_key: '',
    outside: provider?.outside ?? false,
    enabled: provider?.enabled ?? true,
    max_parallel: provider?.max_parallel ?? 8,
  })
  const [price, setPrice] = useState(() => {
    const set = provider?.price.source === 'set' ? provider.price.price : null
    return prices.map((key) => typed(set?.[key]) as number | string)
  })
  const half = (price[0] === '') !== (price[1] === '')
  const set = <K extends keyof typeof values>(key: K, value: (typeof values)[K]) =>
    setValues((old) => ({ ...old, [key]: value }))
  const key = values.api_key === '' ? {} : { api_key: values.api_key }

  const test = useMutation({
    mutationFn: () =>
      data(
        api.POST('/api/v1/ai/providers/test', {
          body: {
            kind: values.kind,
            base_url: values.base_url,
            ...key,
            ...(values.model ? { model: values.model } : {}),
            ...(provider ? { provider_id: provider.id } : {}),
          },
        }),
      ),
    onSuccess: (out) => {
      if (out.ok && values.model === '' && out.models[0]) set('model', out.models[0])
    },
  })
  const save = useMutation({
    mutationFn: () => {
      const { name, kind, base_url, model, outside, enabled, max_parallel } = values
      const [input, output, cached, reasoning] = price.map(nano)
      const cost = input == null || output == null ? null : { input, output, cached, reasoning }
      const body = { name, kind, base_url, model, outside, max_parallel, price: cost, ...key }
      if (!provider) return data(api.POST('/api/v1/ai/providers', { body }))
      const params = { path: { provider_id: provider.id }, header: ifMatch(provider.version) }
      return data(api.PATCH('/api/v1/ai/providers/{provider_id}', { params, body: { ...body, enabled } }))
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['ai'] })
      close()
    },
  })
  const fields = fieldErrors(save.error)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack>
        {!provider && (
          <div role="group" aria-label={t('form.presets')}>
            <Text size="sm" fw={500} mb={6}>
              {t('form.presets')}
            </Text>
            <Group gap={6}>
              {presets.map((preset) => (
                <Chip
                  key={preset.name}
                  checked={values.base_url === preset.base_url}
                  onChange={() =>
                    setValues((old) => ({
                      ...old,
                      ...preset,
                      name: presets.some((p) => p.name === old.name) || old.name === '' ? preset.name : old.name,
                    }))
                  }
                  size="sm"
                >
                  {preset.name}
                </Chip>
              ))}
            </Group>
          </div>
        )}
        <TextInput
          label={t('form.name')}
          value={values.name}
          onChange={(event) => set('name', event.currentTarget.value)}
          error={fields.name}
          required
        />
        <NativeSelect
          label={t('form.kind')}
          value={values.kind}
          onChange={(event) => set('kind', event.currentTarget.value as Dialect)}
          data={dialects.map((value) => ({ value, label: t(`form.dialects.${value}`) }))}
        />
        <TextInput
          label={t('form.base_url')}
          description={t('form.base_url_hint')}
          type="url"
          value={values.base_url}
          onChange={(event) => set('base_url', event.currentTarget.value)}
          error={fields.base_url}
          required
        />
        <PasswordInput
          label={t('form.key')}
          description={provider?.has_key ? t('form.key_keep') : t('form.key_hint')}
          value={values.api_key}
          onChange={(event) => set('api_key', event.currentTarget.value)}
          error={fields.api_key}
          autoComplete="off"
        />
        <Group align="flex-end" wrap="nowrap">
          <Autocomplete
            flex={1}
            label={t('form.model')}
            description={t('form.model_hint')}
            value={values.model}
            onChange={(value) => set('model', value)}
            data={test.data?.models ?? []}
            error={fields.model}
            limit={200}
            required
          />
          <Button
            variant="light"
            onClick={() => test.mutate()}
            loading={test.isPending}
            disabled={values.base_url === ''}
          >
            {t('form.test')}
          </Button>
        </Group>
        <div aria-live="polite">
          {test.error && <Failed error={test.error} />}
          {test.data && <TestResult result={test.data} />}
        </div>
        <Checkbox
          label={t('form.outside')}
          description={t('form.outside_hint')}
          checked={values.outside}
          onChange={(event) => set('outside', event.currentTarget.checked)}
        />
        <NumberInput
          label={t('form.max_parallel')}
          description={t('form.max_parallel_hint')}
          value={values.max_parallel}
          onChange={(value) => set('max_parallel', Number(value) || 1)}
          min={1}
          max={1000}
          error={fields.max_parallel}
        />
        <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
          <Text component="legend" size="sm" fw={500}>
            {t('price.title')}
          </Text>
          <Text size="xs" c="dimmed" mb={6}>
            {t('price.hint')}
          </Text>
          <SimpleGrid cols={2} spacing="xs">
            {prices.map((key, index) => (
              <NumberInput
                key={key}
                label={t(`price.${key}`)}
                placeholder={
                  key === 'cached' ? t('price.same_in') : key === 'reasoning' ? t('price.same_out') : undefined
                }
                prefix="$"
                decimalScale={6}
                min={0}
                max={10_000}
                hideControls
                value={price[index]}
                onChange={(value) => setPrice((old) => old.map((one, at) => (at === index ? value : one)))}
                error={
                  fields[`price.${key}`] ?? (half && price[index] === '' && index < 2 ? t('price.both') : undefined)
                }
              />
            ))}
          </SimpleGrid>
        </fieldset>
        {provider && (
          <Switch
            label={t('form.enabled')}
            checked={values.enabled}
            onChange={(event) => set('enabled', event.currentTarget.checked)}
          />
        )}
        {statusOf(save.error) === 412 && <Alert color="brass">{t('form.stale')}</Alert>}
        {save.error && statusOf(save.error) !== 412 && Object.keys(fields).length === 0 && (
          <Failed error={save.error} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={half}>
            {t('form.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function TestResult({ result }: { result: ProviderTestOut }) {
  const { t } = useTranslation('ai')
  if (!result.ok) {
    return (
      <Alert color="blood" title={t('form.test_failed')}>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {result.error?.detail}
        </Text>
        {result.error && <Code mt={6}>{result.error.error_code}</Code>}
      </Alert>
    )
  }
  return (
    <Alert color="moss">
      <Text size="sm">
        {t('form.test_ok', { ms: result.latency_ms })} {t('form.test_models', { count: result.models.length })}
      </Text>
      {result.sample && (
        <Text size="sm" className="skald-serif" mt={4}>
          {t('form.test_sample', { text: result.sample })}
        </Text>
      )}
    </Alert>
  )
}
