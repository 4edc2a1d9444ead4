export { type Installation, leftOver, type Place, placeOf, versionInPlist } from './installation.ts';
export { type NoteLine, readNotes } from './notes.ts';
export { type Repository, releasesPage, repositoryOf } from './repository.ts';
export {
  detailOf,
  type FailureReason,
  type Release,
  reasonOf,
  type UpdateAction,
  UpdateError,
  type UpdateFailure,
  type UpdateState,
  type UpdateView,
} from './state.ts';
export {
  CHECK_MS,
  FIRST_LOOK_MS,
  LOOK_MS,
  SILENCE_MS,
  type UpdateClock,
  type UpdateMemory,
  type UpdateSource,
  Updates,
  type UpdatesOptions,
} from './updates.ts';
