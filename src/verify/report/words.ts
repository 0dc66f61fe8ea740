/** A sentence in both languages of the pages. */
export interface Words {
  readonly da: string
  readonly en: string
}
