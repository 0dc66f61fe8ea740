export { fetchListOfLists, type ListParts, listSteps } from './get-lists.ts'
export { type ListOfListsFacts, loadListOfLists } from './list-of-lists.ts'
export { listingOf } from './listing.ts'
export { type RefreshParts, refreshLists } from './refresh-lists.ts'
