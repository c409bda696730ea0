/** One user's credentials for one place. */
export interface Delivery {
  readonly account: string;
  readonly user: string;
  readonly namespace: string;
  /** Name of the Secret. */
  readonly secret: string;
}
