export { type BrowseOptions, browse, type ServiceInstance } from './browse.ts';
