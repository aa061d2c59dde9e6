import type { Config } from '@countersign/kernel';
import { createAnthropicProvider } from './providers/anthropic.ts';
import { createOpenAiProvider } from './providers/openai.ts';
import type { AnswerProvider } from './providers/provider.ts';

/** The model providers that there are keys for, in order of preference. The local provider is always there besides. */
export function configuredProviders({ openai, anthropic }: Pick<Config, 'openai' | 'anthropic'>): AnswerProvider[] {
  return [
    ...(openai ? [createOpenAiProvider(openai)] : []),
    ...(anthropic ? [createAnthropicProvider(anthropic)] : []),
  ];
}
