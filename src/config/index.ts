export { describeConfiguration } from './document.ts'
export { DEFAULT_DATA_DIR, dataFolder, loadSettings, type Overrides } from './load.ts'
export { configSchema } from './schema.ts'
