export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      addresses: {
        Row: {
          city: string
          country: string
          created_at: string
          gift_note: string | null
          id: string
          postcode: string
          recipient: string
          street: string
          updated_at: string
          user_id: string
        }
        Insert: {
          city: string
          country: string
          created_at?: string
          gift_note?: string | null
          id?: string
          postcode: string
          recipient: string
          street: string
          updated_at?: string
          user_id?: string
        }
        Update: {
          city?: string
          country?: string
          created_at?: string
          gift_note?: string | null
          id?: string
          postcode?: string
          recipient?: string
          street?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: []
      }
      carriers: {
        Row: {
          created_at: string
          id: number
          name: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          id?: never
          name: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          id?: never
          name?: string
          updated_at?: string
        }
        Relationships: []
      }
      cart_items: {
        Row: {
          cart_id: string
          created_at: string
          product_id: string
          quantity: number
          updated_at: string
        }
        Insert: {
          cart_id: string
          created_at?: string
          product_id: string
          quantity?: number
          updated_at?: string
        }
        Update: {
          cart_id?: string
          created_at?: string
          product_id?: string
          quantity?: number
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "cart_items_cart_id_fkey"
            columns: ["cart_id"]
            isOneToOne: false
            referencedRelation: "carts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "cart_items_product_id_fkey"
            columns: ["product_id"]
            isOneToOne: false
            referencedRelation: "products"
            referencedColumns: ["id"]
          },
        ]
      }
      carts: {
        Row: {
          created_at: string
          id: string
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          id?: string
          updated_at?: string
          user_id?: string
        }
        Update: {
          created_at?: string
          id?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: []
      }
      categories: {
        Row: {
          created_at: string
          id: number
          name: string
          slug: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          id?: never
          name: string
          slug: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          id?: never
          name?: string
          slug?: string
          updated_at?: string
        }
        Relationships: []
      }
      coupons: {
        Row: {
          code: string
          created_at: string
          discount_percent: number
          id: string
          max_amount: number | null
          updated_at: string
          valid_until: string
        }
        Insert: {
          code: string
          created_at?: string
          discount_percent: number
          id?: string
          max_amount?: number | null
          updated_at?: string
          valid_until: string
        }
        Update: {
          code?: string
          created_at?: string
          discount_percent?: number
          id?: string
          max_amount?: number | null
          updated_at?: string
          valid_until?: string
        }
        Relationships: []
      }
      delivery_slots: {
        Row: {
          capacity: number
          created_at: string
          day: string
          id: number
          starts_at: string
          updated_at: string
        }
        Insert: {
          capacity: number
          created_at?: string
          day: string
          id?: never
          starts_at: string
          updated_at?: string
        }
        Update: {
          capacity?: number
          created_at?: string
          day?: string
          id?: never
          starts_at?: string
          updated_at?: string
        }
        Relationships: []
      }
      feature_flags: {
        Row: {
          created_at: string
          description: string
          enabled: boolean
          key: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          description?: string
          enabled?: boolean
          key: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          description?: string
          enabled?: boolean
          key?: string
          updated_at?: string
        }
        Relationships: []
      }
      gift_cards: {
        Row: {
          balance_cents: number
          code: string
          created_at: string
          id: string
          updated_at: string
          user_id: string | null
        }
        Insert: {
          balance_cents: number
          code: string
          created_at?: string
          id?: string
          updated_at?: string
          user_id?: string | null
        }
        Update: {
          balance_cents?: number
          code?: string
          created_at?: string
          id?: string
          updated_at?: string
          user_id?: string | null
        }
        Relationships: []
      }
      invoice_numbers: {
        Row: {
          created_at: string
          id: number
          order_id: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          id?: never
          order_id: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          id?: never
          order_id?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "invoice_numbers_order_id_fkey"
            columns: ["order_id"]
            isOneToOne: true
            referencedRelation: "orders"
            referencedColumns: ["id"]
          },
        ]
      }
      loyalty_points: {
        Row: {
          id: string
          points: number
          user_id: string
        }
        Insert: {
          id?: string
          points?: number
          user_id: string
        }
        Update: {
          id?: string
          points?: number
          user_id?: string
        }
        Relationships: []
      }
      memberships: {
        Row: {
          created_at: string
          role: string
          team_id: string
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          role?: string
          team_id: string
          updated_at?: string
          user_id: string
        }
        Update: {
          created_at?: string
          role?: string
          team_id?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "memberships_team_id_fkey"
            columns: ["team_id"]
            isOneToOne: false
            referencedRelation: "teams"
            referencedColumns: ["id"]
          },
        ]
      }
      messages: {
        Row: {
          author_id: string | null
          body: string
          created_at: string
          id: string
          team_id: string
          updated_at: string
        }
        Insert: {
          author_id?: string | null
          body: string
          created_at?: string
          id?: string
          team_id: string
          updated_at?: string
        }
        Update: {
          author_id?: string | null
          body?: string
          created_at?: string
          id?: string
          team_id?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "messages_team_id_fkey"
            columns: ["team_id"]
            isOneToOne: false
            referencedRelation: "teams"
            referencedColumns: ["id"]
          },
        ]
      }
      newsletter_signups: {
        Row: {
          address: string
          created_at: string
          updated_at: string
        }
        Insert: {
          address: string
          created_at?: string
          updated_at?: string
        }
        Update: {
          address?: string
          created_at?: string
          updated_at?: string
        }
        Relationships: []
      }
      order_items: {
        Row: {
          created_at: string
          order_id: string
          product_id: string
          quantity: number
          unit_price_cents: number
          updated_at: string
        }
        Insert: {
          created_at?: string
          order_id: string
          product_id: string
          quantity: number
          unit_price_cents: number
          updated_at?: string
        }
        Update: {
          created_at?: string
          order_id?: string
          product_id?: string
          quantity?: number
          unit_price_cents?: number
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "order_items_order_id_fkey"
            columns: ["order_id"]
            isOneToOne: false
            referencedRelation: "orders"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "order_items_product_id_fkey"
            columns: ["product_id"]
            isOneToOne: false
            referencedRelation: "products"
            referencedColumns: ["id"]
          },
        ]
      }
      orders: {
        Row: {
          address_id: string | null
          created_at: string
          currency: string
          id: string
          status: Database["public"]["Enums"]["order_status"]
          total_cents: number
          updated_at: string
          user_id: string | null
        }
        Insert: {
          address_id?: string | null
          created_at?: string
          currency?: string
          id?: string
          status?: Database["public"]["Enums"]["order_status"]
          total_cents: number
          updated_at?: string
          user_id?: string | null
        }
        Update: {
          address_id?: string | null
          created_at?: string
          currency?: string
          id?: string
          status?: Database["public"]["Enums"]["order_status"]
          total_cents?: number
          updated_at?: string
          user_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "orders_address_id_fkey"
            columns: ["address_id"]
            isOneToOne: false
            referencedRelation: "addresses"
            referencedColumns: ["id"]
          },
        ]
      }
      payments: {
        Row: {
          amount_cents: number
          created_at: string
          currency: string
          id: string
          order_id: string
          status: string
          stripe_payment_intent_id: string
          updated_at: string
        }
        Insert: {
          amount_cents: number
          created_at?: string
          currency?: string
          id?: string
          order_id: string
          status: string
          stripe_payment_intent_id: string
          updated_at?: string
        }
        Update: {
          amount_cents?: number
          created_at?: string
          currency?: string
          id?: string
          order_id?: string
          status?: string
          stripe_payment_intent_id?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "payments_order_id_fkey"
            columns: ["order_id"]
            isOneToOne: false
            referencedRelation: "orders"
            referencedColumns: ["id"]
          },
        ]
      }
      price_import: {
        Row: {
          created_at: string
          id: number
          price_cents: number
          slug: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          id?: never
          price_cents: number
          slug: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          id?: never
          price_cents?: number
          slug?: string
          updated_at?: string
        }
        Relationships: []
      }
      products: {
        Row: {
          active: boolean
          category_id: number
          created_at: string
          currency: string
          description: string
          id: string
          image_path: string | null
          name: string
          price_cents: number
          slug: string
          stock: number
          updated_at: string
        }
        Insert: {
          active?: boolean
          category_id: number
          created_at?: string
          currency?: string
          description?: string
          id?: string
          image_path?: string | null
          name: string
          price_cents: number
          slug: string
          stock?: number
          updated_at?: string
        }
        Update: {
          active?: boolean
          category_id?: number
          created_at?: string
          currency?: string
          description?: string
          id?: string
          image_path?: string | null
          name?: string
          price_cents?: number
          slug?: string
          stock?: number
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "products_category_id_fkey"
            columns: ["category_id"]
            isOneToOne: false
            referencedRelation: "categories"
            referencedColumns: ["id"]
          },
        ]
      }
      profiles: {
        Row: {
          avatar_path: string | null
          created_at: string
          display_name: string
          id: string
          is_admin: boolean
          locale: string
          updated_at: string
        }
        Insert: {
          avatar_path?: string | null
          created_at?: string
          display_name?: string
          id: string
          is_admin?: boolean
          locale?: string
          updated_at?: string
        }
        Update: {
          avatar_path?: string | null
          created_at?: string
          display_name?: string
          id?: string
          is_admin?: boolean
          locale?: string
          updated_at?: string
        }
        Relationships: []
      }
      recipe_notes: {
        Row: {
          body: string
          created_at: string
          id: string
          product_id: string
          updated_at: string
          user_id: string
        }
        Insert: {
          body: string
          created_at?: string
          id?: string
          product_id: string
          updated_at?: string
          user_id?: string
        }
        Update: {
          body?: string
          created_at?: string
          id?: string
          product_id?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "recipe_notes_product_id_fkey"
            columns: ["product_id"]
            isOneToOne: false
            referencedRelation: "products"
            referencedColumns: ["id"]
          },
        ]
      }
      return_types: {
        Row: {
          created_at: string
          id: number
          label: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          id?: never
          label: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          id?: never
          label?: string
          updated_at?: string
        }
        Relationships: []
      }
      returns: {
        Row: {
          created_at: string
          id: string
          order_id: string
          type_id: number
          updated_at: string
        }
        Insert: {
          created_at?: string
          id?: string
          order_id: string
          type_id: number
          updated_at?: string
        }
        Update: {
          created_at?: string
          id?: string
          order_id?: string
          type_id?: number
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "returns_order_id_fkey"
            columns: ["order_id"]
            isOneToOne: false
            referencedRelation: "orders"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "returns_type_id_fkey"
            columns: ["type_id"]
            isOneToOne: false
            referencedRelation: "return_types"
            referencedColumns: ["id"]
          },
        ]
      }
      reviews: {
        Row: {
          body: string
          created_at: string
          id: string
          product_id: string
          published: boolean
          rating: number
          updated_at: string
          user_id: string
        }
        Insert: {
          body: string
          created_at?: string
          id?: string
          product_id: string
          published?: boolean
          rating: number
          updated_at?: string
          user_id?: string
        }
        Update: {
          body?: string
          created_at?: string
          id?: string
          product_id?: string
          published?: boolean
          rating?: number
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "reviews_product_id_fkey"
            columns: ["product_id"]
            isOneToOne: false
            referencedRelation: "products"
            referencedColumns: ["id"]
          },
        ]
      }
      shipments: {
        Row: {
          carrier_id: number
          created_at: string
          handed_over: string | null
          id: string
          order_id: string
          updated_at: string
        }
        Insert: {
          carrier_id: number
          created_at?: string
          handed_over?: string | null
          id?: string
          order_id: string
          updated_at?: string
        }
        Update: {
          carrier_id?: number
          created_at?: string
          handed_over?: string | null
          id?: string
          order_id?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "shipments_carrier_id_fkey"
            columns: ["carrier_id"]
            isOneToOne: false
            referencedRelation: "carriers"
            referencedColumns: ["id"]
          },
        ]
      }
      stock_levels: {
        Row: {
          created_at: string
          product_id: string
          purchase_price_cents: number
          quantity: number
          updated_at: string
        }
        Insert: {
          created_at?: string
          product_id: string
          purchase_price_cents: number
          quantity: number
          updated_at?: string
        }
        Update: {
          created_at?: string
          product_id?: string
          purchase_price_cents?: number
          quantity?: number
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "stock_levels_product_id_fkey"
            columns: ["product_id"]
            isOneToOne: true
            referencedRelation: "products"
            referencedColumns: ["id"]
          },
        ]
      }
      subscriptions: {
        Row: {
          created_at: string
          current_period_end: string
          id: string
          plan: string
          status: string
          stripe_subscription_id: string
          updated_at: string
          user_id: string | null
        }
        Insert: {
          created_at?: string
          current_period_end: string
          id?: string
          plan: string
          status: string
          stripe_subscription_id: string
          updated_at?: string
          user_id?: string | null
        }
        Update: {
          created_at?: string
          current_period_end?: string
          id?: string
          plan?: string
          status?: string
          stripe_subscription_id?: string
          updated_at?: string
          user_id?: string | null
        }
        Relationships: []
      }
      support_tickets: {
        Row: {
          body: string
          created_at: string
          id: string
          subject: string
          updated_at: string
          user_id: string
        }
        Insert: {
          body: string
          created_at?: string
          id?: string
          subject: string
          updated_at?: string
          user_id?: string
        }
        Update: {
          body?: string
          created_at?: string
          id?: string
          subject?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: []
      }
      team_lists: {
        Row: {
          created_at: string
          id: string
          team_id: string
          title: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          id?: string
          team_id: string
          title: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          id?: string
          team_id?: string
          title?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "team_lists_team_id_fkey"
            columns: ["team_id"]
            isOneToOne: false
            referencedRelation: "teams"
            referencedColumns: ["id"]
          },
        ]
      }
      teams: {
        Row: {
          created_at: string
          id: string
          name: string
          slug: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          id?: string
          name: string
          slug: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          id?: string
          name?: string
          slug?: string
          updated_at?: string
        }
        Relationships: []
      }
      webhook_events: {
        Row: {
          created_at: string
          event_id: string
          id: number
          processed_at: string | null
          type: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          event_id: string
          id?: never
          processed_at?: string | null
          type: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          event_id?: string
          id?: never
          processed_at?: string | null
          type?: string
          updated_at?: string
        }
        Relationships: []
      }
      wholesale_prices: {
        Row: {
          created_at: string
          price_cents: number
          product_id: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          price_cents: number
          product_id: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          price_cents?: number
          product_id?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "wholesale_prices_product_id_fkey"
            columns: ["product_id"]
            isOneToOne: true
            referencedRelation: "products"
            referencedColumns: ["id"]
          },
        ]
      }
      wishlists: {
        Row: {
          created_at: string
          id: string
          product_id: string
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          id?: string
          product_id: string
          updated_at?: string
          user_id?: string
        }
        Update: {
          created_at?: string
          id?: string
          product_id?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "wishlists_product_id_fkey"
            columns: ["product_id"]
            isOneToOne: false
            referencedRelation: "products"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Views: {
      customer_directory: {
        Row: {
          display_name: string | null
          email: string | null
          id: string | null
        }
        Relationships: []
      }
      my_orders: {
        Row: {
          created_at: string | null
          id: string | null
          status: Database["public"]["Enums"]["order_status"] | null
          total_cents: number | null
        }
        Relationships: []
      }
      order_summaries: {
        Row: {
          created_at: string | null
          currency: string | null
          id: string | null
          lines: number | null
          status: Database["public"]["Enums"]["order_status"] | null
          total_cents: number | null
        }
        Relationships: []
      }
      top_products: {
        Row: {
          product_id: string | null
          revenue_cents: number | null
          sold: number | null
        }
        Relationships: []
      }
    }
    Functions: {
      count_rows: {
        Args: { relation: string }
        Returns: number
      }
      coupon_discount: {
        Args: { coupon_code: string }
        Returns: number
      }
      find_customer: {
        Args: { address: string }
        Returns: {
          display_name: string
          id: string
        }[]
      }
      place_order: {
        Args: { address: string; cart: string }
        Returns: string
      }
    }
    Enums: {
      order_status: "pending" | "paid" | "shipped" | "delivered" | "cancelled"
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}
