/** What is paid for: tokens at a model provider, compute time here. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly computeMs: number;
}

/** USD per million tokens. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  /** What the whole request costs per million tokens once its prompt has more than `overTokens`. */
  readonly longPrompt?: { readonly overTokens: number; readonly input: number; readonly output: number };
}

/**
 * List prices as developers.openai.com/api/docs/pricing and platform.claude.com/docs/en/about-claude/pricing gave them
 * in November 2026 (standard tier, nothing cached). Contracts differ and prices change: each can be overridden.
 */
export const listPrices: Readonly<Record<string, TokenPrices>> = {
  'gpt-6-luna': { input: 0.1, output: 0.5, longPrompt: { overTokens: 272_000, input: 0.2, output: 0.75 } },
  'gpt-6-sol': { input: 2, output: 10, longPrompt: { overTokens: 272_000, input: 4, output: 15 } },
  'gpt-6.1-sol': { input: 2, output: 10, longPrompt: { overTokens: 272_000, input: 4, output: 15 } },
  'claude-haiku-5-5': { input: 0.1, output: 0.5, longPrompt: { overTokens: 100_000, input: 0.5, output: 2.5 } },
  'claude-sonnet-5-5': { input: 2, output: 10 },
  'claude-opus-5-5': { input: 4, output: 20 },
};

// What the dearest model in general use costs: a model without a price must not look cheap.
const unknownModel: TokenPrices = { input: 10, output: 50 };

/** A model's prices: the override, else the list's, else those of the dearest model. */
export function pricesOf(model: string, overrides: Readonly<Record<string, TokenPrices>> = {}): TokenPrices {
  return overrides[model] ?? listPrices[model] ?? unknownModel;
}

/** USD per second of one core here: about what a cloud vCPU with 4 GB costs on demand (0.05 USD an hour). */
export const computeUsdPerSecond = 0.05 / 3600;

/** What a usage costs, in USD: tokens at the model's prices, and compute time at its own. Never 0 for work done. */
export function costUsd(usage: Usage, prices: TokenPrices, usdPerSecond: number = computeUsdPerSecond): number {
  const { longPrompt } = prices;
  const { input, output } = longPrompt && usage.inputTokens > longPrompt.overTokens ? longPrompt : prices;
  const tokens = (usage.inputTokens * input + usage.outputTokens * output) / 1_000_000;
  return tokens + (usage.computeMs / 1000) * usdPerSecond;
}
