/** What `/health` calls this service. */
export const HOSPITAL_SERVICE = 'countersign-demo-hospital';

/** The answer of `GET /health`: 200 when `ready`, 503 otherwise. */
export interface HospitalHealth {
  readonly service: typeof HOSPITAL_SERVICE;
  readonly status: 'starting' | 'ready' | 'stopping';
  readonly pid: number;
  /** The absolute path of the data folder, links resolved. */
  readonly dataDir: string;
  readonly tenants: readonly string[];
}

/** The health of the hospital at `url`, or undefined when no hospital answers there. */
export async function healthAt(url: string): Promise<HospitalHealth | undefined> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(3_000) });
    const body: unknown = await response.json();
    const isHealth =
      typeof body === 'object' && body !== null && 'service' in body && body.service === HOSPITAL_SERVICE;
    // The service's name vouches for the rest of its own answer.
    return isHealth ? (body as HospitalHealth) : undefined;
  } catch {
    return undefined;
  }
}
