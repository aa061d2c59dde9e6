/** What a small command needs: settings, errors, who holds the data folder. Loads no database and no graph. */
export { type Config, loadConfig } from './config.ts';
export { type FolderLock, lockFolder, readHolder } from './database/folder-lock.ts';
export { CountersignError, type ErrorCode, errorCatalogue, hasCode } from './errors.ts';
