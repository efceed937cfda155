import { z } from 'zod';

/** The same limits as the CHECK constraints of the tables; the database has the last word. */
export const addressForm = z.object({
  recipient: z.string().min(1).max(120),
  street: z.string().min(1).max(200),
  postcode: z.string().min(3).max(12),
  city: z.string().min(1).max(120),
  country: z.string().regex(/^[A-Z]{2}$/),
});

export const reviewForm = z.object({
  product_id: z.uuid(),
  rating: z.number().int().min(1).max(5),
  body: z.string().min(1).max(2000),
});

export const profileForm = z.object({
  display_name: z.string().max(80),
  locale: z.enum(['en', 'de', 'fr', 'nl']),
});

export const messageForm = z.object({
  team_id: z.uuid(),
  body: z.string().min(1).max(2000),
});
