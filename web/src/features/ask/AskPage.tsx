/** A question to the canon, and the answer with what it rests on. */
import { Anchor, Blockquote, Button, Checkbox, Group, List, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconHelpCircle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import type { components } from '@/api/schema'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { Page } from '@/ui/Page'
import { Panel } from '@/ui/Panel'
import { Empty, Failed, Loading } from '@/ui/states'
import './strings'

type Answer = components['schemas']['AskOut']

export function AskPage() {
  const { t } = useTranslation('ask')
  const { campaignId } = useCampaign()
  const [question, setQuestion] = useState('')
  const [withOracle, setWithOracle] = useState(false)
  const ask = useMutation({
    mutationFn: (text: string) =>
      data(
        api.POST('/api/v1/campaigns/{campaign_id}/ask', {
          params: { path: { campaign_id: campaignId } },
          body: { question: text, with_oracle: withOracle },
        }),
      ),
  })
  const text = question.trim()
  return (
    <Page title={t('title')} narrow>
      <Title order={1} mb="xs">
        {t('title')}
      </Title>
      <Text c="dimmed" mb="md">
        {t('lead')}
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (text) ask.mutate(text)
        }}
      >
        <Group align="end" gap="sm">
          <TextInput
            label={t('label')}
            placeholder={t('placeholder')}
            value={question}
            onChange={(event) => setQuestion(event.currentTarget.value)}
            maxLength={500}
            autoFocus
            style={{ flex: '1 1 240px' }}
          />
          <Button type="submit" disabled={!text} loading={ask.isPending}>
            {t('ask')}
          </Button>
        </Group>
        <Checkbox
          mt="sm"
          label={t('oracle')}
          checked={withOracle}
          onChange={(event) => setWithOracle(event.currentTarget.checked)}
        />
      </form>
      <Stack mt="lg" aria-live="polite">
        {ask.isPending && <Loading height={120} />}
        {ask.error && <Failed error={ask.error} retry={() => ask.mutate(ask.variables)} />}
        {ask.data && <Told answer={ask.data} campaignId={campaignId} />}
      </Stack>
    </Page>
  )
}

function Told({ answer, campaignId }: { answer: Answer; campaignId: string }) {
  const { t } = useTranslation('ask')
  if (!answer.known) {
    return (
      <Empty icon={<IconHelpCircle size={40} stroke={1.3} />} title={t('unknown')}>
        {t('unknown_text')}
      </Empty>
    )
  }
  return (
    <>
      <Blockquote p="md" cite={t('by', { by: answer.by })} style={{ overflowWrap: 'anywhere' }}>
        {answer.answer}
      </Blockquote>
      <Panel title={t('cites')}>
        <List spacing="sm" listStyleType="none">
          {answer.cites.map((cite) => (
            <List.Item key={`${cite.entity_id}${cite.fact_id ?? ''}${cite.quote}`}>
              <Anchor
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/campaigns/$campaignId/canon/$entityId"
                    params={{ campaignId, entityId: cite.entity_id }}
                  />
                )}
              >
                {cite.name}
              </Anchor>
              {cite.fact_id && (
                <Text span c="dimmed" size="sm">
                  {' '}
                  {t('fact')}
                </Text>
              )}
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                “{cite.quote}”
              </Text>
            </List.Item>
          ))}
        </List>
      </Panel>
    </>
  )
}
