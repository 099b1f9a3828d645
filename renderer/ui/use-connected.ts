import { useStore } from 'zustand';
import { useParts } from '../parts.tsx';

/** Whether the core answers, so that a button can do something. */
export const useConnected = (): boolean => useStore(useParts().connection, (state) => state.kind === 'connected');
